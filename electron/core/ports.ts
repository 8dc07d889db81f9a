import type { Secret } from './secrets/secret.ts'

/** Wall time for stamps and leases, monotonic time for durations. Core never asks the platform itself. */
export interface Clock {
  /** The wall clock. */
  now(): Date
  /** Milliseconds that only ever grow; meaningless across processes. */
  monotonic(): number
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, options: { signal: AbortSignal }): Promise<void>
}

export type LogLevel = 'info' | 'warning' | 'error'

/** Where a host writes its log. Callers never pass secrets; `Secret` prints `[secret]`. */
export interface Log {
  write(level: LogLevel, text: string, facts?: Readonly<Record<string, unknown>>): void
}

/** A store for secrets, keyed by the id of what they belong to. */
export interface SecretStore {
  /** `keychain` or `vault`, for people. */
  readonly kind: 'keychain' | 'vault' | 'memory'
  /** Null where nothing is stored under the key. Throws `secrets-locked` or `secrets-unavailable`. */
  get(key: string): Promise<Secret | null>
  set(key: string, secret: Secret): Promise<void>
  /** Idempotent. */
  delete(key: string): Promise<void>
}

/** How much of a disk backups leave alone, in bytes. */
export interface SpaceRules {
  /** Must be free besides what a backup is expected to need, before it begins. */
  readonly reserve: number
  /** An upload stops when less is left at its destination. */
  readonly floor: number
  /** An upload looks at what is left each time that it has written so many. */
  readonly lookEvery: number
}

/** A small server in the host's own process, with invented accounts; disposing it removes everything of it. */
export interface PracticeServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: Secret
  /** `SHA256:…` of its one host key. */
  readonly fingerprint: string
}

/** What a host supplies to the product. */
export interface Ports {
  readonly clock: Clock
  readonly log: Log
  /** Absolute path of the data folder; it exists, with mode 0700, and this process owns it. */
  readonly dataFolder: string
  /** Where the destination `this-computer` lies, made when it is first needed. */
  readonly backupFolder: string
  /** `holdfast 0.1.0` and the like, for manifests. */
  readonly app: string
  /** SHA-256 of this computer's machine id in hex, as a survey has it; null where there is none. */
  readonly machine: string | null
  /** This computer's keychain; it may turn out not to work. */
  readonly keychain: SecretStore
  /** Path of a file with the vault's passphrase, or null. */
  readonly passphraseFile: string | null
  /** Starts a server to practise on, in one to five seconds; throws `unsupported`, `tool-missing`. */
  readonly startPractice?: (options: { readonly signal: AbortSignal }) => Promise<PracticeServer>
  /** Default: 1 GiB, 500 MiB, and a look every 64 MiB. */
  readonly space?: SpaceRules
}
