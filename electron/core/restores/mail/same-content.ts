import type { RestoreContext } from '../restore-context.ts'
import type { ArchivedItem } from './archived-mail.ts'
import { keyOf } from './archived-mail.ts'
import type { Box, BoxLook } from './box-look.ts'
import { readBack } from './read-back.ts'

const folderOf = (message: string) => message.slice(0, message.lastIndexOf('/') + 1)

/**
 * Messages of the archive that the same folder over there has under another name, by their SHA-256. Looked at only
 * where a message of that size is there.
 */
export async function sameContent(
  context: RestoreContext,
  box: Box,
  { archived, look }: { readonly archived: readonly ArchivedItem[]; readonly look: BoxLook },
): Promise<ReadonlySet<string>> {
  const sizes = new Set<string>()
  for (const [message, paths] of look.messages) {
    for (const path of paths) sizes.add(`${folderOf(message)}\0${look.entries.get(keyOf(path))?.size ?? -1}`)
  }
  const candidates = archived.filter(
    ({ message, judged: { entry } }) =>
      message !== null &&
      !look.messages.has(message) &&
      entry.sha256 !== null &&
      sizes.has(`${folderOf(message)}\0${entry.size}`),
  )
  if (candidates.length === 0) return new Set()
  const hashes = new Set<string>()
  for (const { message, hash } of (await readBack(context, box)).values())
    hashes.add(`${folderOf(message)}\0${hash}`)
  return new Set(
    candidates.flatMap(({ message, judged: { entry } }) =>
      message !== null && hashes.has(`${folderOf(message)}\0${entry.sha256?.toString('hex')}`)
        ? [message]
        : [],
    ),
  )
}
