import type { Duplex } from 'node:stream'
import ssh2 from 'ssh2'
import { cancellation, throwIfCancelled } from '../../../shared/errors.ts'
import type { Server } from '../../../shared/model/server.ts'
import { algorithmOffer, keyTypeOf } from './algorithms.ts'
import type { AlgorithmOffer } from './algorithms.ts'
import { connect, ssh2Algorithms } from './connect.ts'
import type { ConnectOptions } from './connect.ts'
import { dial } from './dial.ts'
import { connectError } from './handshake-errors.ts'
import { watchServerOffer } from './server-offer.ts'
import type { ServerOffer } from './server-offer.ts'

/**
 * Every host key that a server offers, in wire form, one of each type that Holdfast could verify. The server has
 * proven that it owns them; nobody logs in. `jump` is connected to in full. Throws as `connect`, and
 * `algorithm-refused` where no handshake is possible at all.
 */
export async function scanHostKeys(
  target: { readonly host: string; readonly port: number; readonly jump: Server | null },
  options: ConnectOptions,
): Promise<Buffer[]> {
  const everything = algorithmOffer({ knownTypes: [], legacyAlgorithms: true })
  await using over = target.jump ? await connect(target.jump, options) : null
  const open = (): Promise<Duplex> =>
    over
      ? over.forward(target.host, target.port, { signal: options.signal })
      : dial(target.host, target.port, { signal: options.signal, timeoutMs: options.patienceMs ?? 20_000 })
  const shake = async (offer: AlgorithmOffer) => handshake(await open(), target, offer, options)

  const first = await shake(everything)
  const keys = [first.key]
  const types = new Set([keyTypeOf(first.algorithm)])
  for (const algorithm of everything.hostKey) {
    if (types.has(keyTypeOf(algorithm)) || !first.theirs.hostKey.includes(algorithm)) continue
    types.add(keyTypeOf(algorithm))
    keys.push((await shake({ ...everything, hostKey: [algorithm] })).key)
  }
  return keys
}

/** One handshake up to the proof of the host key. */
async function handshake(
  stream: Duplex,
  target: { readonly host: string; readonly port: number },
  offer: AlgorithmOffer,
  options: ConnectOptions,
): Promise<{ readonly key: Buffer; readonly algorithm: string; readonly theirs: ServerOffer }> {
  const { signal } = options
  stream.pause()
  const theirs = watchServerOffer(stream)
  const client = new ssh2.Client()
  const failure = (cause: unknown) =>
    connectError(cause, {
      server: { ...target, user: '', legacyAlgorithms: true },
      phase: 'handshake',
      offer,
      theirs: theirs(),
      tried: [],
      wanted: [],
    })
  let key: Buffer | null = null
  const abort = () => client.destroy()
  signal.addEventListener('abort', abort, { once: true })
  try {
    throwIfCancelled(signal)
    return await new Promise((resolve, reject) => {
      const end = (cause?: unknown) => reject(signal.aborted ? cancellation(signal) : failure(cause))
      client.on('error', end)
      client.on('close', () => end())
      client.on('handshake', (agreed) => {
        const seen = theirs()
        if (key && seen) resolve({ key, algorithm: agreed.serverHostKey, theirs: seen })
        else reject(failure(undefined))
      })
      client.connect({
        sock: stream,
        username: 'none',
        readyTimeout: options.patienceMs ?? 20_000,
        algorithms: ssh2Algorithms(offer),
        authHandler: [],
        hostVerifier: (shown: Buffer) => {
          key = Buffer.from(shown)
          return true
        },
      })
    })
  } finally {
    signal.removeEventListener('abort', abort)
    client.destroy()
    stream.destroy()
  }
}
