import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import { Id } from '../../../shared/model/name.ts'

/** `holdfast.json`, the first entry of an archive (FORMAT §2). Unknown fields are ignored. */
const ArchiveHead = z.object({
  format: z.int(),
  needs: z.array(z.string()),
  id: Id,
  nonce: z.string(),
})
export type ArchiveHead = z.infer<typeof ArchiveHead>

/** What `holdfast.json` says, or null where these bytes are no such thing. */
export function parseHead(content: Buffer): ArchiveHead | null {
  try {
    return ArchiveHead.parse(JSON.parse(content.toString()))
  } catch {
    return null
  }
}

/** The refusal of an archive that only a newer version understands. */
export function unknownNeeds(needs: readonly string[]): AppError {
  return new AppError(
    'unsupported',
    `This archive needs a newer Holdfast, one that knows ${needs.join(', ')}; the archive is untouched.`,
    { details: { needs } },
  )
}
