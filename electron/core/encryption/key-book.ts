import { join } from 'node:path'
import { z } from 'zod'
import { Instant } from '../../../shared/model/name.ts'
import type { Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'

const Recipient = z.string().regex(/^age1[0-9a-z]+$/)

/** What is known of keys and no secret: whom backups are encrypted for, and whose keys are in the keychain or vault. */
export const KeyBook = z.object({
  /** This computer's key; null until it is first needed. */
  computer: Recipient.nullable(),
  /** The recovery key that somebody proved to have. */
  recovery: z.object({ recipient: Recipient, confirmedAt: Instant }).nullable(),
  /** A recovery key that was made and not typed back yet. */
  pending: z.object({ recipient: Recipient, createdAt: Instant }).nullable(),
  /** Recovery keys that somebody gave to this computer, so that it opens what others made. */
  given: z.array(Recipient),
})
export type KeyBook = z.infer<typeof KeyBook>

export function openKeyBook(folder: string, { log }: { readonly log: Log }): Promise<Document<KeyBook>> {
  return openDocument({
    ...{ file: join(folder, 'encryption.json'), schema: KeyBook, version: 1, migrations: {}, log },
    empty: { computer: null, recovery: null, pending: null, given: [] },
  })
}
