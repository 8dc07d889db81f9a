import { z } from 'zod'
import { Scope } from './backup.ts'
import { ProfileName } from './name.ts'
import { MapOverride } from './restore-mapping.ts'

/** Where a restore takes things from: a backup of the catalog, at any of its copies, or an archive file. */
export const RestoreFrom = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('backup'),
    /** An id, an archive name, or `SERVER/SOURCE@latest` and the like. */
    backup: z.string().min(1).max(512),
    /** Only the copy there; null for the one that is trusted most. */
    destination: ProfileName.nullable(),
  }),
  z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(4096) }),
])
export type RestoreFrom = z.infer<typeof RestoreFrom>

/** What is to be restored, and where to. The same request gives the same plan while the target does not change. */
export const RestoreRequest = z.strictObject({
  from: RestoreFrom,
  to: z.strictObject({ server: ProfileName, account: z.string().min(1).max(255) }),
  scope: Scope,
  /** Paths in the archive as people type them; empty for everything that the scope holds. */
  items: z.array(z.string().min(1).max(8192)).max(10_000),
  map: z.array(MapOverride).max(1000),
  /** Keeps what the target has and the backup has not. */
  keepExtra: z.boolean(),
  mail: z.enum(['replace', 'merge']),
  /** Another name for a single table; null: in place. */
  tableAs: z.string().min(1).max(64).nullable(),
  /** Makes the account where it is not there. */
  create: z.boolean(),
  /** Takes the crontab into use; else its lines are commented out on another server. */
  enableCron: z.boolean(),
  /** Parts of the target that may be overwritten though they cannot be saved before, by name. */
  acceptUnsaved: z.array(z.string().min(1).max(4096)).max(1000),
  /** The restore that this one undoes: items that the backup has not are then no mistake. */
  undoes: z.uuid().nullable(),
})
export type RestoreRequest = z.infer<typeof RestoreRequest>
