import type { InnerManifest } from '../../../shared/model/backup.ts'
import type { RestoreMapping } from '../../../shared/model/restore-mapping.ts'
import type { PlanNote } from '../../../shared/model/restore-plan.ts'
import type { RestoreRequest } from '../../../shared/model/restore.ts'
import type { Remark } from '../../../shared/model/restore-report.ts'
import type { Server, Survey } from '../../../shared/model/server.ts'
import type { AccountSource } from '../../../shared/model/source.ts'
import type { AccountDocument } from '../archive/account-document.ts'
import type { CredentialsDocument } from '../archive/credentials-document.ts'
import type { ArchiveReader } from '../archive/reader.ts'
import type { Clock, LogLevel } from '../ports.ts'
import type { RemoteShell } from '../remote/shell.ts'
import type { ServerLook } from '../sources/discover.ts'
import type { NewIds } from './account/ids.ts'
import type { AccountRoom } from './account/room.ts'

/** The manifest's own facts, as both the inner and the outer one have them. */
export type ArchiveFacts = Omit<InnerManifest, 'restart'>

/** The archive that is restored from, in our layout whatever it came as. */
export interface RestoreArchive {
  /** For people: the archive's name. */
  readonly name: string
  readonly reader: ArchiveReader
  /** Null where the archive is foreign or was repacked. */
  readonly facts: ArchiveFacts | null
  readonly account: AccountDocument | null
  readonly credentials: CredentialsDocument | null
  /** Ours, whole, and with hashes of every entry: only then are setuid bits and capabilities believed. */
  readonly trusted: boolean
  /** Paths that it was limited to, as `RemoteName`s; empty where it is all that its scope means. */
  readonly only: readonly string[]
}

/** The account that is restored to, as it is now. */
export interface RestoreTarget {
  readonly server: Server
  readonly shell: RemoteShell
  readonly survey: Survey
  readonly look: ServerLook
  /** Null where the account is yet to be made. */
  readonly source: AccountSource | null
  /** What making it meets there; null where the server has the account. */
  readonly toMake: { readonly room: AccountRoom; readonly ids: NewIds } | null
}

/** What every part of planning and applying knows. */
export interface RestoreContext {
  readonly request: RestoreRequest
  readonly archive: RestoreArchive
  readonly target: RestoreTarget
  readonly mapping: RestoreMapping
  /** Whether the backup came from this very account of this very machine. */
  readonly sameAccount: boolean
  /** 16 hex digits that name this restore over there: folders, databases and users of ours carry it. */
  readonly mark: string
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** What a restorer may use to look at the target. Planning changes nothing over there. */
export interface PlanContext extends RestoreContext {
  /** Something to know before saying yes. */
  readonly note: (note: PlanNote) => void
  /** Paths in the archive that were asked for, existing and without a slash at the end; null for everything. */
  readonly items: readonly Buffer[] | null
}

/** What a step may use while it changes the target. */
export interface StepContext extends RestoreContext {
  /** The safety backup of this restore; null where there is none, and while it is taken back. */
  readonly saved: ArchiveReader | null
  /**
   * What this step has noted so far, in this run or in one that a crash ended; `{}` at first. A step notes what
   * rolling back needs before it does what it must be able to roll back.
   */
  readonly noted: () => Readonly<Record<string, unknown>>
  /** Resolves when the facts are on this computer's disk, added to those before. */
  readonly noteFacts: (facts: Readonly<Record<string, unknown>>) => Promise<void>
  /** Throttled; call it as often as you like. */
  readonly progress: (counts: {
    readonly bytes: number
    readonly items: number
    readonly current: string | null
  }) => void
  readonly log: (level: LogLevel, text: string) => void
  /** Something for the report. */
  readonly remark: (remark: Remark) => void
}
