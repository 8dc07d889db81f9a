import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { limited, saysItsLimits } from '../../../shared/model/backup.ts'
import { Id } from '../../../shared/model/name.ts'

/** `holdfast.json`, the first entry of an archive (FORMAT §2). Unknown fields are ignored. */
export const ArchiveHead = z
  .object({
    format: z.int(),
    needs: z.array(z.string()),
    id: Id,
    nonce: z.string(),
    ...limited,
  })
  .refine(saysItsLimits)
export type ArchiveHead = z.infer<typeof ArchiveHead>

/** What `holdfast.json` says, or null where these bytes are no such thing. */
export function parseHead(content: Buffer): ArchiveHead | null {
  try {
    return ArchiveHead.parse(JSON.parse(content.toString()))
  } catch {
    return null
  }
}

/** What an archive may need of its reader (FORMAT §4): `only`, that it is limited to some paths. */
const understood: ReadonlySet<string> = new Set(['only'])

/** Refuses, with `unsupported`, an archive or a copy that only a newer version understands. */
export function requireUnderstood(needs: readonly string[], name = 'This archive'): void {
  const unknown = needs.filter((need) => !understood.has(need))
  if (unknown.length === 0) return
  throw new AppError(
    'unsupported',
    `${name} needs a newer Holdfast, one that knows ${unknown.join(', ')}. It is untouched; update Holdfast to read it.`,
    { details: { needs: unknown } },
  )
}
