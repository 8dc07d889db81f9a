import { z } from 'zod'
import { ComponentKind } from './backup.ts'

/** Who made an archive file, found out from its content. `by-shape`: nobody known; its parts were recognised one by one. */
export const ArchiveFileKind = z.enum([
  'holdfast',
  'holdfast-repacked',
  'cpanel',
  'hestia',
  'directadmin',
  'by-shape',
])
export type ArchiveFileKind = z.infer<typeof ArchiveFileKind>

/** One component that was recognised, under the name that it has in our layout (FORMAT §2). */
export const RecognisedComponent = z.strictObject({
  kind: ComponentKind,
  name: z.string(),
  /** Entries, folders included. */
  items: z.int(),
  /** Of file contents. */
  bytes: z.number(),
  /** Messages in `cur` and `new`, for mail. */
  messages: z.int().nullable(),
  /** Places in the file that it was read from, as `RemoteName`s; `!` stands between an archive and what is in it. */
  from: z.array(z.string()),
  /** Why these are taken for it, one sentence each. */
  evidence: z.array(z.string()),
  /** What is wrong with it, one sentence each. */
  warnings: z.array(z.string()),
})
export type RecognisedComponent = z.infer<typeof RecognisedComponent>

const Group = { path: z.string(), items: z.int(), bytes: z.number() }

/** What an archive file was recognised as. Lists hold at most 1,000, beside the true count. */
export const ArchiveInspection = z.strictObject({
  path: z.string(),
  size: z.number(),
  compression: z.enum(['none', 'gzip', 'zstd']),
  kind: ArchiveFileKind,
  /** What in the file says so. */
  evidence: z.array(z.string()),
  /** The account that it was made of, where the file says so. */
  user: z.string().nullable(),
  /** Nobody but a whole archive of ours can say that nothing is missing. */
  complete: z.boolean(),
  /** True for a whole archive of ours only: from any other, setuid bits and the like must not be restored. */
  trusted: z.boolean(),
  components: z.array(RecognisedComponent),
  /** Known data of the panel that only the panel can use. It lies under `other/`. */
  panelData: z.array(z.strictObject({ ...Group, what: z.string() })),
  /** What nobody knows the meaning of. It lies under `other/`. */
  unrecognised: z.array(z.strictObject({ ...Group, why: z.string() })),
  unrecognisedCount: z.int(),
  /** Entries that were not taken over: names that lead out, devices, what lies below a link. */
  refused: z.array(z.strictObject({ path: z.string(), why: z.string() })),
  refusedCount: z.int(),
  /** Damage: what could not be read, one sentence each. */
  faults: z.array(z.string()),
  /** Password hashes that the file holds. */
  hashes: z.strictObject({ unix: z.int(), mailboxes: z.int(), databases: z.int() }),
})
export type ArchiveInspection = z.infer<typeof ArchiveInspection>
