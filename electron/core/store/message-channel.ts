import type { Duplex } from 'node:stream'
import { AppError } from '../../../shared/errors.ts'

/** The longest message, as JSON text. */
const longestMessage = 32 * 1024 * 1024
const newline = 0x0a

/** JSON values both ways between two processes, each one line, in order. */
export interface MessageChannelLike extends AsyncDisposable {
  /** Resolves when the channel can take more. Throws `connection-lost` where the other side is gone. */
  send(message: unknown): Promise<void>
  /**
   * What the other side sends; for one reader, who must read on for `closed` to fire. Ends when the other side is
   * gone, a half message with it; throws `corrupt` for what is no message. Leaving the loop closes the channel.
   */
  messages(): AsyncIterable<unknown>
  /** Aborted when the channel is closed, by whichever side. */
  readonly closed: AbortSignal
}

function lost(cause?: unknown): AppError {
  return new AppError(
    'connection-lost',
    'The other Holdfast process is gone. What it had finished stays as it was: try again.',
    { cause },
  )
}

/** Sends and receives messages over a socket, which it owns from now on. */
export function messageChannel(socket: Duplex): MessageChannelLike {
  const closing = new AbortController()
  socket.on('error', () => undefined)
  socket.once('close', () => closing.abort(lost()))

  return {
    closed: closing.signal,
    messages: () => readMessages(socket),
    send: (message) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed || socket.writableEnded) {
          reject(lost())
          return
        }
        socket.write(`${JSON.stringify(message)}\n`, (error) => {
          if (error) reject(lost(error))
          else resolve()
        })
      }),
    [Symbol.asyncDispose]: () => close(socket),
  }
}

/** Lets what was sent go out, then closes. */
async function close(socket: Duplex): Promise<void> {
  if (socket.destroyed) return
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.end(() => socket.destroy())
  await closed
}

async function* readMessages(socket: Duplex): AsyncGenerator {
  let parts: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      let start = 0
      for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
        parts.push(chunk.subarray(start, end))
        const line = Buffer.concat(parts)
        parts = []
        length = 0
        start = end + 1
        yield parse(line)
      }
      parts.push(chunk.subarray(start))
      length += chunk.length - start
      if (length > longestMessage) throw notMessage()
    }
  } catch (error) {
    if (error instanceof AppError) throw error
  }
}

function parse(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8')) as unknown
  } catch (error) {
    throw notMessage(error)
  }
}

function notMessage(cause?: unknown): AppError {
  return new AppError(
    'corrupt',
    'The other process sent something that is no message. It was not acted upon.',
    {
      cause,
    },
  )
}
