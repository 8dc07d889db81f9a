import { z } from 'zod'
import type { ErrorCode } from '../errors.ts'
import { Id, Instant, Sha256 } from './name.ts'
import { Survey } from './server.ts'

export const SourceKind = z.enum(['account', 'system', 'site', 'tenant'])
export type SourceKind = z.infer<typeof SourceKind>

/** Which components one backup holds. */
export const Scope = z.enum(['full', 'files', 'databases', 'email'])
export type Scope = z.infer<typeof Scope>

export const ComponentKind = z.enum(['files', 'paths', 'mysql', 'postgresql', 'mail', 'cron', 'config'])
export type ComponentKind = z.infer<typeof ComponentKind>

/**
 * Why something in a backup is not as it should be. `moved` is a warning; everything else means that something
 * is missing, cut or padded, and makes the backup partial unless the admin accepted it.
 */
export const WarningCode = z.enum([
  'moved',
  'special-file',
  'hard-link-stored-twice',
  'non-transactional-table',
  'definer-missing',
  'unreadable',
  'vanished',
  'padded',
  'too-large',
  'view-broken',
  'table-failed',
  'database-failed',
  'mailbox-failed',
  'routine-unreadable',
  'component-failed',
  'not-permitted',
  'other-owner-skipped',
])
export type WarningCode = z.infer<typeof WarningCode>

/** Warnings that leave a backup complete (exit 0, amber on screen). */
export const harmlessWarnings: ReadonlySet<WarningCode> = new Set<WarningCode>([
  'moved',
  'special-file',
  'hard-link-stored-twice',
  'non-transactional-table',
  'definer-missing',
  'vanished',
])

export const Warning = z.strictObject({ code: WarningCode, path: z.string(), note: z.string().optional() })
export type Warning = z.infer<typeof Warning>

/** A list cut at 1,000 entries, with the true count. */
export const Skipped = z.strictObject({ path: z.string(), why: z.string() })
export type Skipped = z.infer<typeof Skipped>

/** One component of one backup, as the manifest has it (FORMAT §4). */
export const ComponentSummary = z.strictObject({
  kind: ComponentKind,
  name: z.string(),
  status: z.enum(['ok', 'warnings', 'missing']),
  items: z.int(),
  bytes: z.number(),
  /** SHA-256 over the component's own index lines. */
  sha256: Sha256,
  /** First and last segment, inclusive; null where the component wrote nothing. */
  segments: z.tuple([z.int(), z.int()]).nullable(),
  tool: z.string().nullable(),
  version: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
  warnings: z.array(Warning),
  warningCount: z.int(),
  /** Warnings that mean that something is missing, cut or padded, and that the admin has not accepted. */
  gaps: z.int(),
})
export type ComponentSummary = z.infer<typeof ComponentSummary>

export const Trigger = z.enum(['scheduled', 'on-demand', 'safety', 'drill'])
export type Trigger = z.infer<typeof Trigger>

/** Paths in an archive, as `RemoteName`s, that it was limited to; absent for all that its scope means. */
export const limited = { only: z.array(z.string()).min(1).optional() }

/** Whether an archive that needs a reader who knows that it is limited says to what, and no other does. */
export function saysItsLimits({
  needs,
  only,
}: {
  needs: readonly string[]
  only?: readonly string[] | undefined
}) {
  return needs.includes('only') === (only !== undefined)
}

const manifestCore = {
  format: z.literal(1),
  needs: z.array(z.string()),
  id: Id,
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  app: z.string(),
  source: z.object({ kind: SourceKind, name: z.string(), id: z.string(), server: z.string() }),
  scope: Scope,
  startedAt: Instant,
  finishedAt: Instant,
  trigger: Trigger,
  schedule: z.object({ id: z.string(), name: z.string(), retention: z.unknown() }).nullable(),
  ...limited,
  exclude: z.array(z.string()),
  tags: z.boolean(),
  result: z.enum(['succeeded', 'partial']),
  components: z.array(ComponentSummary),
  survey: Survey.nullable(),
  skipped: z.array(Skipped),
  skippedCount: z.int(),
}

/** The last entry of an archive. Unknown fields are ignored, unknown `needs` refused. */
export const InnerManifest = z
  .object({
    ...manifestCore,
    /** `[length, tarLength]` of each segment before this entry's own. */
    restart: z.array(z.tuple([z.int(), z.int()])),
  })
  .refine(saysItsLimits)
export type InnerManifest = z.infer<typeof InnerManifest>

export const VerifyLevel = z.enum(['stored', 'read', 'deep'])
export type VerifyLevel = z.infer<typeof VerifyLevel>

/**
 * How every byte of a copy was checked: read back from where it lies, or by checksums that the destination computed
 * over what it stored, of bytes that were walked on their way there.
 */
export const VerifiedBy = z.enum(['read-back', 'checksums'])
export type VerifiedBy = z.infer<typeof VerifiedBy>

/** A stored object as it lies there. */
const StoredSum = z.object({ size: z.int(), sha256: Sha256 })

/** How a copy is encrypted (FORMAT §6). `archive` and `index`: what is stored, while the manifest has the plain ones. */
export const CopySeal = z.object({
  archive: StoredSum,
  index: StoredSum,
  /** 8 hex digits of the SHA-256 of each key that opens it. */
  recipients: z.array(z.string().regex(/^[0-9a-f]{8}$/)).min(1),
})
export type CopySeal = z.infer<typeof CopySeal>

/** The file beside the archive, written last: a backup exists when this does. */
export const OuterManifest = z
  .object({
    ...manifestCore,
    archive: z.object({
      size: z.int(),
      entries: z.int(),
      segments: z.int(),
      /** SHA-256 of the concatenated raw SHA-256 of all segments. */
      tree: Sha256,
      sha256: Sha256.optional(),
    }),
    index: z.object({ size: z.int(), sha256: Sha256 }),
    copy: z.object({
      name: z.string(),
      /** `by` absent: read back. */
      verified: z.object({ level: VerifyLevel, at: Instant, by: VerifiedBy.optional() }).nullable(),
      /** Absent where it is not encrypted. */
      seal: CopySeal.optional(),
    }),
  })
  .refine(saysItsLimits)
export type OuterManifest = z.infer<typeof OuterManifest>

/** What changes about a stored backup, kept beside it so that it survives this computer. */
export const BackupState = z.object({
  format: z.literal(1),
  pinned: z.boolean(),
  /** When the pin ends by itself; null: when somebody takes it off. */
  pinnedUntil: Instant.nullable().default(null),
  checks: z.array(z.object({ level: VerifyLevel, at: Instant, ok: z.boolean() })),
  tombstone: z.object({ at: Instant }).nullable(),
  sizeAccepted: z.boolean().default(false),
})
export type BackupState = z.infer<typeof BackupState>

/** One copy of a backup at one destination. */
export const BackupCopy = z.object({
  destination: z.string(),
  /** Key of the archive at that destination. */
  key: z.string(),
  /** The archive's file name there. */
  name: z.string(),
  size: z.int(),
  encrypted: z.boolean().default(false),
  /** The newest check. */
  verified: z
    .object({
      ...{ level: VerifyLevel, at: Instant, ok: z.boolean() },
      by: VerifiedBy.default('read-back'),
    })
    .nullable(),
  /** When it was last read back whole, whatever came of it; null where it never was. */
  readBackAt: Instant.nullable().default(null),
  pinned: z.boolean(),
  pinnedUntil: Instant.nullable().default(null),
  /** When it was said that retention removes this copy, which a pin prevents. */
  announcedAt: Instant.nullable().default(null),
  /** Somebody has said that its size is right, however small. */
  sizeAccepted: z.boolean().default(false),
  /** Absolute path for people, where the destination is this computer. */
  path: z.string().nullable(),
})
export type BackupCopy = z.infer<typeof BackupCopy>

/** A copy that a backup was asked for and does not have; whoever owns the data folder goes on trying to make it. */
export const QueuedCopy = z.object({
  destination: z.string(),
  /** When the backup was made without it. */
  since: Instant,
  /** How often it was tried again. */
  attempts: z.int(),
  /** Not tried again before. */
  nextAt: Instant,
  /** Why it is not there. */
  code: z.custom<ErrorCode>((value) => typeof value === 'string'),
  message: z.string(),
})
export type QueuedCopy = z.infer<typeof QueuedCopy>

/** One row of the catalog. */
export const Backup = z.object({
  id: Id,
  name: z.string(),
  server: z.string(),
  serverId: z.string(),
  source: z.string(),
  kind: SourceKind,
  scope: Scope,
  startedAt: Instant,
  finishedAt: Instant,
  trigger: Trigger,
  /** As in its manifest; empty where it was not limited. */
  only: z.array(z.string()).default([]),
  /** The schedule that made it. */
  schedule: z.object({ id: z.string(), name: z.string() }).nullable().default(null),
  result: z.enum(['succeeded', 'partial']),
  warnings: z.int(),
  components: z.array(
    z.object({
      kind: ComponentKind,
      name: z.string(),
      status: z.enum(['ok', 'warnings', 'missing']),
      items: z.int(),
      bytes: z.number(),
    }),
  ),
  copies: z.array(BackupCopy),
  /** Copies that are missing and will be made by themselves. */
  missing: z.array(QueuedCopy).default([]),
})
export type Backup = z.infer<typeof Backup>
