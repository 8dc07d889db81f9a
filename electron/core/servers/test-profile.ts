import { AppError } from '../../../shared/errors.ts'
import type { Server } from '../../../shared/model/server.ts'
import { Secret } from '../secrets/secret.ts'
import { connect } from './connect.ts'
import type { ConnectOptions } from './connect.ts'
import type { HostKeys } from './host-keys.ts'
import { judgeHostKey, knownHostName } from './known-hosts.ts'
import type { KnownHostEntry } from './known-hosts.ts'
import { publicKeyType } from './fingerprint.ts'
import type { SshConnection } from './ssh-connection.ts'

/** A profile for tests: alice with a password on this computer. */
export function testProfile(change: Partial<Server> & { readonly port: number }): Server {
  return {
    id: `00000000-0000-7000-8000-${String(change.port).padStart(12, '0')}`,
    name: 'lab',
    host: '127.0.0.1',
    user: 'alice',
    auth: { kind: 'password' },
    elevation: 'none',
    jump: null,
    rateMbit: null,
    legacyAlgorithms: false,
    addedAt: '2026-01-01T00:00:00.000Z',
    ...change,
  }
}

/** Host keys that know exactly these keys for every host. */
export function knowing(...keys: readonly Buffer[]): HostKeys {
  const entries = keys.map((key): KnownHostEntry => {
    return { marker: null, hosts: '*', keyType: publicKeyType(key) ?? '', key, comment: '' }
  })
  return judging(() => entries)
}

/** Host keys by the name that a host has in a known_hosts file. */
export function judging(entriesFor: (name: string) => readonly KnownHostEntry[]): HostKeys {
  return {
    of: (host, port) => {
      const entries = entriesFor(knownHostName(host, port))
      return Promise.resolve({
        types: entries.map((entry) => entry.keyType),
        verdict: (key) => judgeHostKey(entries, key),
      })
    },
  }
}

/** Options whose secrets are a password and a key passphrase. */
export function testOptions(
  change: Partial<ConnectOptions> & {
    readonly hostKeys: HostKeys
    readonly password?: string
    readonly passphrase?: string
  },
): ConnectOptions {
  const { password, passphrase, ...rest } = change
  return {
    secrets: {
      password: () => Promise.resolve(password === undefined ? null : new Secret(password)),
      keyPassphrase: () => Promise.resolve(passphrase === undefined ? null : new Secret(passphrase)),
    },
    resolveJump: (name) => Promise.reject(new AppError('not-found', `There is no server ${name}.`)),
    signal: new AbortController().signal,
    patienceMs: 5000,
    ...rest,
  }
}

/** The error with which connecting fails, or null where it works. */
export async function connectFailure(server: Server, options: ConnectOptions): Promise<AppError | null> {
  let connection: SshConnection
  try {
    connection = await connect(server, options)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  await connection[Symbol.asyncDispose]()
  return null
}

/** Runs a script over a connection and gives its output and exit status. */
export async function runOver(
  connection: SshConnection,
  script: string,
): Promise<{ readonly output: string; readonly code: number | null; readonly signal: string | null }> {
  const running = await connection.exec('login', { signal: new AbortController().signal })
  running.stderr.resume()
  running.stdin.end(script)
  const chunks: Buffer[] = []
  for await (const chunk of running.stdout) chunks.push(chunk as Buffer)
  return { output: Buffer.concat(chunks).toString(), ...(await running.exit) }
}
