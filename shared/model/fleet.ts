import { z } from 'zod'
import { BackupCopy, QueuedCopy, Scope, SourceKind } from './backup.ts'
import { Id, Instant, ProfileName } from './name.ts'
import { Server, Survey } from './server.ts'
import { Discovery } from './source.ts'

/**
 * What one day holds for one source, best backup of the day. `full`: complete, verified, all components. `scope`: only
 * some components. `unverified`: nobody read it back. `warnings`: partial, so something is missing. `none`: no run.
 */
export const DayMark = z.enum(['full', 'scope', 'unverified', 'warnings', 'failed', 'running', 'none'])
export type DayMark = z.infer<typeof DayMark>

/**
 * How a source stands, the first that holds: `blocked` (the server shows another host key), `failed` (the newest run),
 * `running`, `never` (no full backup), `partial` (the newest full one misses something), `stale` (too old),
 * `not-verified`, `not-off-server` (no verified copy anywhere but on the server itself), `protected`.
 */
export const SourceState = z.enum([
  'blocked',
  'failed',
  'running',
  'never',
  'partial',
  'stale',
  'not-verified',
  'not-off-server',
  'too-small',
  'protected',
])
export type SourceState = z.infer<typeof SourceState>

/** Bytes and counts by part, of the newest full backup, else as the server was seen; null where nobody knows. */
export const SourceSizes = z.strictObject({
  files: z.number().nullable(),
  databases: z.number().nullable(),
  email: z.number().nullable(),
  cronJobs: z.int().nullable(),
})
export type SourceSizes = z.infer<typeof SourceSizes>

/** One source of a server, with everything that its row shows. */
export const SourceStanding = z.strictObject({
  name: z.string(),
  kind: SourceKind,
  /** Its first domain or the like; null where there is none. */
  about: z.string().nullable(),
  /** False where only backups are left of it. */
  onServer: z.boolean(),
  state: SourceState,
  /** The one definition of ARCHITECTURE §1, and no run has failed since; also while one is under way. */
  protected: z.boolean(),
  /** Why it needs somebody, as sentences; null where it does not. */
  why: z.string().nullable(),
  /** The newest full backup. */
  newest: z
    .strictObject({
      ...{ id: Id, name: z.string(), at: Instant, bytes: z.number(), copies: z.array(BackupCopy) },
      missing: z.array(QueuedCopy),
    })
    .nullable(),
  /** Copies that its backups lack, the newest and older ones, and that are tried again by themselves. */
  missingCopies: z.int(),
  sizes: SourceSizes,
  /** The job that runs for it now. */
  running: z.strictObject({ job: Id, scope: Scope }).nullable(),
  /** The run that failed since the newest full backup. */
  failed: z.strictObject({ job: Id, at: Instant }).nullable(),
  /** Oldest day first; the last one is today. */
  days: z.array(DayMark),
})
export type SourceStanding = z.infer<typeof SourceStanding>

/** One server with its sources, from what is known here: nobody is asked over the network. */
export const FleetServer = z.strictObject({
  server: Server,
  survey: Survey.nullable(),
  /** When somebody looked at what is there; null: nobody did. */
  lookedAt: Instant.nullable(),
  /** Data that no source holds, as of that look. */
  unclaimed: z.int(),
  sources: z.array(SourceStanding),
})
export type FleetServer = z.infer<typeof FleetServer>

/** All servers, and how much each place for copies holds. */
export const Fleet = z.strictObject({
  /** When this was put together. */
  at: Instant,
  servers: z.array(FleetServer),
  storage: z.array(
    z.strictObject({
      name: ProfileName,
      kind: z.enum(['local', 'sftp', 's3', 'b2']),
      /** Bytes of all copies there. */
      usedBytes: z.number(),
      /** Bytes free; null where nobody knows. */
      freeBytes: z.number().nullable(),
      /** Why it cannot be read now, in words. */
      unreadable: z.string().nullable(),
    }),
  ),
})
export type Fleet = z.infer<typeof Fleet>

/** What a look at a server found, and when. */
export const Look = z.strictObject({ at: Instant, discovery: Discovery })
export type Look = z.infer<typeof Look>
