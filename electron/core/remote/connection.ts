import type { Readable, Writable } from 'node:stream'

/** What `sudo-password` prints on stderr: `ask` each time it wants the password, `ready` when it took it. */
export const sudoWords = { ask: '@@holdfast-asks@@', ready: '@@holdfast-ready@@' } as const

/**
 * The only command strings that ever reach a server. Compile-time constants: everything else is data inside a
 * script that goes by stdin. POSIX shells, csh and fish read them alike.
 */
export const remoteCommands = {
  /** As whoever logged in. */
  login: 'exec /bin/sh -s',
  /** As root, where sudo asks nothing. */
  sudo: 'exec sudo -n -- /bin/sh -s',
  /** As root. The password is the first line of stdin, sent only after `ask`; the script follows `ready`. */
  'sudo-password':
    "exec sudo -S -k -p '@@holdfast-asks@@' -- /bin/sh -c 'echo @@holdfast-ready@@ >&2; exec /bin/sh -s'",
} as const

export type RemoteCommand = keyof typeof remoteCommands

/** How a remote process ended. Both null: the channel closed without saying. */
export interface ExitStatus {
  readonly code: number | null
  readonly signal: string | null
}

/** One running command on one SSH channel. Closing `stdin` ends everything that it started over there. */
export interface RemoteProcess {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Resolves once, when the channel has closed; rejects with the connection's `AppError` when that broke. */
  readonly exit: Promise<ExitStatus>
  /** Closes the channel at once. Idempotent. */
  close(): void
}

/** A verified, authenticated SSH connection. At most four channels are open at a time; further ones wait. */
export interface Connection extends AsyncDisposable {
  exec(command: RemoteCommand, options: { signal: AbortSignal }): Promise<RemoteProcess>
  /** Aborted, with an `AppError` as reason, when the connection is gone. */
  readonly lost: AbortSignal
  /** What was negotiated, for reports and tests. */
  readonly algorithms: Readonly<Record<'kex' | 'hostKey' | 'cipher' | 'mac', string>>
}
