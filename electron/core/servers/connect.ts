import type { Duplex } from 'node:stream'
import { NodeSSH } from 'node-ssh'
import type { Algorithms, Client, NegotiatedAlgorithms } from 'ssh2'
import { AppError, cancellation, throwIfCancelled } from '../../../shared/errors.ts'
import type { Server } from '../../../shared/model/server.ts'
import { algorithmOffer } from './algorithms.ts'
import type { AlgorithmOffer } from './algorithms.ts'
import { dial } from './dial.ts'
import { connectError, hostKeyError, loginRefused } from './handshake-errors.ts'
import type { Phase } from './handshake-errors.ts'
import type { HostKeys } from './host-keys.ts'
import { Login } from './login.ts'
import type { LoginOptions } from './login.ts'
import { watchServerOffer } from './server-offer.ts'
import { defaultKeepalive, watchSilence } from './silence.ts'
import type { Keepalive } from './silence.ts'
import { SshConnection } from './ssh-connection.ts'

export interface ConnectOptions extends LoginOptions {
  /** Judges every host key, on every hop. There is no way to connect without. */
  readonly hostKeys: HostKeys
  /** Finds the profile of a jump host by its name. Throws `not-found`. */
  readonly resolveJump: (name: string) => Promise<Server>
  readonly keepalive?: Keepalive
  /** How long the server may take for the TCP connection, the handshake and each step of the login. Default 20 s. */
  readonly patienceMs?: number
}

/** What happened so far while connecting. */
interface Seen {
  phase: Phase
  negotiated: NegotiatedAlgorithms | null
  badKey: AppError | null
}

const PATIENCE_MS = 20_000

/**
 * Connects to a server and logs in, through its chain of jump hosts. No login data leaves before the host key was
 * found to be known. Throws `unreachable`, `host-key-unknown`, `host-key-changed`, `host-key-revoked`,
 * `algorithm-refused`, `auth-failed`, what `Login.prepare` throws, and the signal's own error.
 */
export async function connect(server: Server, options: ConnectOptions): Promise<SshConnection> {
  const chain = await jumpChain(server, options.resolveJump)
  let over: SshConnection | null = null
  try {
    for (const hop of chain) over = await connectHop(hop, over, options)
  } catch (error) {
    await over?.[Symbol.asyncDispose]()
    throw error
  }
  if (!over) throw new AppError('internal', 'A chain of connections has no end.')
  return over
}

/** The profiles to pass through, the nearest first, the server itself last. Throws `invalid-input` for a circle. */
export async function jumpChain(
  server: Server,
  resolveJump: (name: string) => Promise<Server>,
): Promise<Server[]> {
  const chain = [server]
  for (let next = server.jump; next !== null;) {
    const hop = await resolveJump(next)
    if (chain.some((known) => known.id === hop.id)) {
      throw new AppError(
        'invalid-input',
        `The jump hosts of ${server.name} lead in a circle (${[...chain, hop].map((one) => one.name).join(' → ')}), so nothing was contacted. Change the jump host of one of them.`,
      )
    }
    chain.push(hop)
    next = hop.jump
  }
  return chain.reverse()
}

async function connectHop(
  server: Server,
  over: SshConnection | null,
  options: ConnectOptions,
): Promise<SshConnection> {
  const { signal, patienceMs = PATIENCE_MS, keepalive = defaultKeepalive } = options
  const known = await options.hostKeys.of(server.host, server.port)
  await using login = await Login.prepare(server, options)
  const began = performance.now()
  const stream: Duplex = over
    ? await over.forward(server.host, server.port, { signal })
    : await dial(server.host, server.port, { signal, timeoutMs: patienceMs })
  const answerMs = performance.now() - began
  stream.pause()
  const theirs = watchServerOffer(stream)
  const offer = algorithmOffer({ knownTypes: known.types, legacyAlgorithms: server.legacyAlgorithms })

  const seen: Seen = { phase: 'handshake', negotiated: null, badKey: null }
  const giveUp = Promise.withResolvers<never>()
  giveUp.promise.catch(() => undefined)
  const abort = () => giveUp.reject(cancellation(signal))
  signal.addEventListener('abort', abort, { once: true })
  const timer = setInterval(() => {
    if (!login.isAsking) giveUp.reject(outOfPatience(server))
  }, patienceMs)

  const ssh = new NodeSSH()
  const attempt = ssh.connect({
    sock: stream,
    username: server.user,
    readyTimeout: 0,
    keepaliveInterval: keepalive.intervalMs,
    keepaliveCountMax: Number.MAX_SAFE_INTEGER,
    algorithms: ssh2Algorithms(offer),
    hostVerifier: (key: Buffer) => {
      seen.badKey = hostKeyError(server, key, known.verdict(key))
      return seen.badKey === null
    },
    authHandler: (left, partial, next) => {
      timer.refresh()
      const method = login.next(left, partial, giveUp.reject)
      if (method) next(method)
      else giveUp.reject(loginRefused(server, login))
    },
  })
  attempt.catch(() => undefined)
  const facts = () => ({
    server,
    phase: seen.phase,
    offer,
    theirs: theirs(),
    tried: login.tried,
    wanted: login.wanted,
  })
  const client = ssh.connection
  if (!client) throw new AppError('internal', 'The SSH library made no client.')
  client.on('error', () => undefined)
  client.on('change password', () => giveUp.reject(expiredPassword(server)))
  client.on('handshake', (agreed) => {
    seen.phase = 'login'
    seen.negotiated ??= agreed
    timer.refresh()
  })
  try {
    throwIfCancelled(signal)
    await Promise.race([attempt, giveUp.promise])
  } catch (error) {
    client.destroy()
    stream.destroy()
    throw seen.badKey ?? login.failure ?? connectError(error, facts())
  } finally {
    clearInterval(timer)
    signal.removeEventListener('abort', abort)
  }
  return guarded(client, stream, keepalive, server, {
    algorithms: plainNames(seen.negotiated),
    strictKeyExchange: theirs()?.strictKeyExchange ?? false,
    answerMs,
    over,
  })
}

function guarded(
  client: Client,
  stream: Duplex,
  keepalive: Keepalive,
  server: Server,
  facts: Omit<ConstructorParameters<typeof SshConnection>[1], 'name' | 'stream'>,
): SshConnection {
  const connection = new SshConnection(client, { name: server.name, stream, ...facts })
  const stop = watchSilence(stream, keepalive, () => {
    connection.drop(
      new AppError(
        'connection-lost',
        `${server.name} has gone silent: the network or the server is down. Backups that were finished before are safe; start this again when the server can be reached.`,
        { details: { silentMs: keepalive.intervalMs * keepalive.silentIntervals } },
      ),
    )
  })
  connection.lost.addEventListener('abort', stop, { once: true })
  return connection
}

function expiredPassword(server: Server): AppError {
  return new AppError(
    'auth-failed',
    `The password of ${server.user} on ${server.host} has expired; nothing was read or changed. Log in by hand once to set a new one, then store that.`,
    { details: { tried: ['password'], password: 'expired' } },
  )
}

function outOfPatience(server: Server): AppError {
  return new AppError(
    'unreachable',
    `${server.host} port ${server.port} took too long to answer; nothing was read or changed. Check the server and the network, then try again.`,
    { details: { cause: 'ETIMEDOUT' } },
  )
}

/** An offer in the words of ssh2. Compression stays off: what is large is compressed already. */
export function ssh2Algorithms(offer: AlgorithmOffer): Algorithms {
  return {
    kex: [...offer.kex],
    serverHostKey: [...offer.hostKey],
    cipher: [...offer.cipher],
    hmac: [...offer.mac],
    compress: ['none'],
  }
}

function plainNames(agreed: NegotiatedAlgorithms | null): SshConnection['algorithms'] {
  return {
    kex: agreed?.kex ?? '',
    hostKey: agreed?.serverHostKey ?? '',
    cipher: agreed?.cs.cipher ?? '',
    mac: agreed?.cs.mac ?? '',
  }
}
