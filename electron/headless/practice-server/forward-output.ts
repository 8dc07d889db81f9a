import type { Readable, Writable } from 'node:stream'
import type { ServerChannel } from 'ssh2'

/** Where ssh2 keeps what waits for the client to take more. */
interface Waiting {
  _chunk?: Buffer | undefined
  _chunkErr?: Buffer | undefined
}

/**
 * Sends a program's stdout and stderr over a channel and resolves when both have been taken whole, or can be taken no
 * more. One piece at a time, of one or the other: ssh2 1.17 forgets neither of the two pieces that have once waited for
 * room, and would later send an old piece of stdout again, in the place of one of stderr.
 */
export async function forwardOutput(
  channel: ServerChannel,
  program: { readonly stdout: Readable; readonly stderr: Readable },
): Promise<void> {
  let last: Promise<unknown> = Promise.resolve()
  const send = (to: Writable, piece: Buffer) =>
    new Promise<void>((resolve) => {
      to.write(piece, () => {
        const waiting = channel as unknown as Waiting
        waiting._chunk = undefined
        waiting._chunkErr = undefined
        resolve()
      })
    })
  const forward = async (from: Readable, to: Writable) => {
    for await (const piece of from) {
      last = last.then(() => send(to, piece as Buffer))
      await last
    }
  }
  await Promise.allSettled([forward(program.stdout, channel), forward(program.stderr, channel.stderr)])
}
