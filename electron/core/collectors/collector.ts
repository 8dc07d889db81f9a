import type { ComponentKind, ComponentSummary, Scope } from '../../../shared/model/backup.ts'
import type { Source, SourceOverrides } from '../../../shared/model/source.ts'
import type { Survey } from '../../../shared/model/server.ts'
import type { ComponentWriter } from '../archive/archive-writer.ts'
import type { Clock, Log } from '../ports.ts'
import type { RemoteShell } from '../remote/shell.ts'
import type { Secret } from '../secrets/secret.ts'
import type { Selection } from './selection.ts'

/** Something that was not collected on purpose or for want of a right, with the reason in words. */
export interface SkippedItem {
  readonly path: string
  readonly why: string
}

/** All that a collector may use. It knows no destination, no window and no other collector. */
export interface CollectContext {
  readonly shell: RemoteShell
  readonly survey: Survey
  readonly source: Source
  readonly overrides: SourceOverrides
  /** What of the source this run wants. */
  readonly only: Selection
  /** Globs of this run and of the source together. */
  readonly exclude: readonly string[]
  /** False with `--no-credentials`, and always for uid 0 and members of sudo, wheel or admin. */
  readonly credentials: boolean
  /** Database logins found in the account's own files, for a plain hosting user. Filled by `sources/`. */
  readonly databaseLogins: readonly DatabaseLogin[]
  /** Opens the next component of the archive; the one before must be closed. */
  readonly component: (kind: ComponentKind, name: string) => ComponentWriter
  readonly skip: (item: SkippedItem) => void
  readonly log: Log
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** A login that a recognised configuration file names; the password never leaves memory. */
export interface DatabaseLogin {
  readonly engine: 'mysql' | 'postgresql'
  readonly host: string | null
  readonly port: number | null
  readonly socket: string | null
  readonly user: string
  readonly password: Secret
  readonly databases: readonly string[]
  /** The file it was read from, for people. */
  readonly from: string
}

/**
 * Knows one component both ways; the way back joins with the restore work. A collector never throws for what
 * one item of it did (a file, a database, a mailbox): it warns with a code and goes on. It throws `AppError` only
 * where nothing more of the component can be had, and `cancelled` or `connection-lost` at once.
 */
export interface Collector {
  readonly kinds: readonly ComponentKind[]
  /** Whether this source, in this scope, has anything for this collector. */
  wanted(source: Source, scope: Scope): boolean
  /** Reads everything, component by component, and returns what each came to. */
  collect(context: CollectContext): Promise<readonly ComponentSummary[]>
}
