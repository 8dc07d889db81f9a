import { Readable, Writable } from 'node:stream'
import type { ClientChannel } from 'ssh2'
import { AppError } from '../../../shared/errors.ts'
import type { ExitStatus, RemoteProcess } from '../remote/connection.ts'

const OUTPUT_BUFFER = 1024 * 1024

/**
 * A command on an SSH channel. Its outputs end when the channel says so and are destroyed with an `AppError` when
 * the connection broke or the process was cancelled; what is not read holds the server back. `exit` waits until
 * `stdout` was read to its end or destroyed.
 */
export class ChannelProcess implements RemoteProcess {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  readonly exit: Promise<ExitStatus>
  /** Resolves when the channel is gone on both sides, or the connection is. */
  readonly released: Promise<void>
  readonly #channel: ClientChannel
  #status: ExitStatus = { code: null, signal: null }
  #settle: { resolve: (status: ExitStatus) => void; reject: (error: AppError) => void }
  #release: () => void
  #over = false

  constructor(channel: ClientChannel) {
    this.#channel = channel
    const exit = Promise.withResolvers<ExitStatus>()
    const released = Promise.withResolvers<undefined>()
    this.exit = exit.promise
    this.released = released.promise
    this.#settle = exit
    this.#release = () => released.resolve(undefined)
    exit.promise.catch(() => undefined)
    this.stdin = channelInput(channel)
    this.stdout = channelOutput(channel)
    this.stderr = channelOutput(channel.stderr)
    for (const stream of [this.stdin, this.stdout, this.stderr, channel]) stream.on('error', () => undefined)
    channel.once('exit', (code: number | null, signal?: string) => {
      this.#status = { code, signal: signal ?? null }
    })
    channel.once('close', () => {
      this.#release()
      this.#end()
    })
  }

  close(): void {
    this.fail(new AppError('cancelled', 'The command on the server was stopped; its output is incomplete.'))
  }

  /** Closes the channel and destroys the streams with `error`; `exit` resolves with what is known. */
  fail(error: AppError): void {
    if (this.#over) return
    this.#channel.close()
    this.#destroy(error)
    this.#end()
  }

  /** The connection is gone: everything fails with `error`. */
  lose(error: AppError): void {
    this.#release()
    if (this.#over) return
    this.#over = true
    this.#destroy(error)
    this.#settle.reject(error)
  }

  #end(): void {
    this.#over = true
    this.#settle.resolve(this.#status)
    if (this.stdin.destroyed || this.stdin.writableFinished) return
    this.stdin.destroy(
      this.stdin.writableLength > 0
        ? new AppError(
            'remote-failed',
            'The command on the server ended before it had taken all of its input. Look at its own error, then try again.',
          )
        : undefined,
    )
  }

  #destroy(error: AppError): void {
    for (const stream of [this.stdin, this.stdout, this.stderr]) stream.destroy(error)
  }
}

function channelInput(channel: ClientChannel): Writable {
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      channel.write(chunk, done)
    },
    final: (done) => {
      channel.end(done)
    },
  })
}

function channelOutput(source: Readable): Readable {
  const output = new Readable({
    highWaterMark: OUTPUT_BUFFER,
    read: () => source.resume(),
    destroy: (error, done) => {
      source.removeAllListeners('data')
      source.resume()
      done(error)
    },
  })
  source.on('data', (chunk: Buffer) => {
    if (!output.push(chunk)) source.pause()
  })
  source.on('end', () => output.push(null))
  return output
}
