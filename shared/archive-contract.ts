import { z } from 'zod'
import { ArchiveInspection } from './model/archive-file.ts'
import { command, query } from './procedure.ts'
import { SourceRef } from './source-ref.ts'

/** An id, an archive name, or `SERVER/SOURCE@latest`, `@2026-04-08`, `@2026-04-08_2`. */
export const BackupRef = z.string().min(1).max(512)
/** The same, or an archive file of this computer: `file:` and its absolute path (see `archive-reference.ts`). */
const ArchiveRef = z.string().min(1).max(4200)
/** A path inside an archive as people type it: `files/…`, `mail/DOMAIN/BOX`, `cron`. */
const Item = z.string().min(1).max(8192)

/** One line of `ls`: names as people see them (see `RemoteName`). */
export const ArchiveEntry = z.strictObject({
  path: z.string(),
  type: z.enum(['file', 'directory', 'symlink', 'hardlink']),
  size: z.number(),
  mode: z.int(),
  uid: z.int(),
  gid: z.int(),
  /** ISO 8601. */
  modified: z.string(),
  sha256: z.string().nullable(),
  target: z.string().nullable(),
})
export type ArchiveEntry = z.infer<typeof ArchiveEntry>

export const ExtractReport = z.strictObject({
  into: z.string(),
  files: z.int(),
  folders: z.int(),
  bytes: z.number(),
  left: z.array(z.strictObject({ path: z.string(), why: z.string() })),
  leftCount: z.int(),
})
export type ExtractReport = z.infer<typeof ExtractReport>

/** Looking into archives, and taking things out of them. */
export const archiveContract = {
  /** What an archive file was recognised as. It is read whole, told by `archive.progress`, but for one that is known. */
  'archive.inspect': query(z.strictObject({ path: z.string().min(1).max(4096) }), ArchiveInspection),
  'archive.list': query(
    z.strictObject({ backup: ArchiveRef, item: Item.nullable() }),
    z.strictObject({ entries: z.array(ArchiveEntry) }),
  ),
  'archive.find': query(
    z.strictObject({
      pattern: z.string().min(1).max(4096),
      source: SourceRef.nullable(),
      /** To look into this one alone. */
      backup: BackupRef.nullable().default(null),
      limit: z.int().min(1).max(10_000),
    }),
    z.strictObject({
      hits: z.array(z.strictObject({ backupId: z.string(), backup: z.string(), entry: ArchiveEntry })),
      more: z.boolean(),
    }),
  ),
  /** One item, by its path as listed, in the newest `limit` backups of a source, newest first. */
  'archive.history': query(
    SourceRef.extend({ item: Item, limit: z.int().min(1).max(1000) }),
    z.strictObject({
      /** `entry` null: that backup does not have it. */
      versions: z.array(z.strictObject({ backupId: z.string(), entry: ArchiveEntry.nullable() })),
      /** Backups that could not be looked into. */
      unread: z.array(z.strictObject({ backupId: z.string(), why: z.string() })),
      /** How many older ones nobody looked into. */
      older: z.int(),
    }),
  ),
  /** The files of a folder through those backups of a source whose index is on this computer already. */
  'archive.folderHistory': query(
    SourceRef.extend({ item: Item.nullable() }),
    z.strictObject({
      entries: z.array(
        z.strictObject({
          path: z.string(),
          /** How often the content changed from one backup to the next, and one. */
          versions: z.int(),
          /** How many of the compared backups have it. */
          backups: z.int(),
          /** When the oldest backup that has it began, where all newer ones do and no older one does. */
          newSince: z.string().nullable(),
        }),
      ),
      compared: z.int(),
      /** Backups whose index is not here. */
      others: z.int(),
    }),
  ),
  'archive.read': query(
    z.strictObject({
      backup: ArchiveRef,
      item: Item,
      offset: z.int().min(0),
      length: z.int().min(1).max(4_194_304),
    }),
    /** `backupId`: what `backup` meant, for the next piece. */
    z.strictObject({ backupId: z.string(), size: z.number(), data: z.base64() }),
  ),
  'archive.extract': command(
    z.strictObject({
      backup: ArchiveRef,
      items: z.array(Item).max(10_000),
      into: z.string().min(1).max(4096),
    }),
    ExtractReport,
  ),
} as const
