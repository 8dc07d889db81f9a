import { createConnection, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A TCP line between a client and a server, for tests: it can be cut, held still, or tampered with. */
export interface Cable extends AsyncDisposable {
  readonly port: number
  /** Bytes no longer go through, and nobody is told. */
  hold(): void
  /** Bytes that were held go through again. */
  release(): void
  /** Both ends are reset. */
  cut(): void
}

/** `tamper` sees what the server sends, from its first byte on, and gives what arrives instead. */
export async function startCable(
  port: number,
  tamper: (bytes: Buffer) => Buffer = (bytes) => bytes,
): Promise<Cable> {
  const ends = new Set<Socket>()
  const server = createServer((near) => {
    const far = createConnection({ host: '127.0.0.1', port })
    for (const end of [near, far]) {
      ends.add(end)
      end.on('error', () => undefined)
    }
    near.on('data', (bytes) => far.write(bytes))
    far.on('data', (bytes) => near.write(tamper(bytes)))
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const all = (act: (end: Socket) => void) => {
    for (const end of ends) act(end)
  }
  return {
    port: (server.address() as AddressInfo).port,
    hold: () => all((end) => end.pause()),
    release: () => all((end) => end.resume()),
    cut: () => all((end) => end.resetAndDestroy()),
    async [Symbol.asyncDispose]() {
      all((end) => end.destroy())
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
