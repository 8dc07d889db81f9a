import { isCache } from '../../collectors/mail/dovecot-caches.ts'
import { messageOf } from '../../collectors/mail/message-name.ts'
import type { ListedEntry } from '../../archive/index-cache.ts'
import type { Judged } from '../guard/guard.ts'
import { judgeArchive } from '../guard/judge-archive.ts'
import { isWithin } from '../mapping/map-path.ts'
import type { RestoreArchive } from '../restore-context.ts'

/** Something of a mailbox in the archive that may be put. */
export interface ArchivedItem {
  readonly judged: Judged<ListedEntry>
  /** Below the mailbox's folder. */
  readonly path: Buffer
  /** What a message is known by (`messageOf`), as latin1; null for everything else. */
  readonly message: string | null
}

/** A path as the key of a map. */
export const keyOf = (path: Buffer) => path.toString('latin1')

/** What a message is known by whatever its flags are; null for everything that is no message. */
export function messageKey(path: Buffer): string | null {
  const message = messageOf(path)
  return message === null ? null : keyOf(message)
}

/**
 * What of a mailbox in the archive may be put, without what Dovecot makes again, without counted sizes, and without
 * links that lead out of the mailbox or stand where its folders do: the mail server would go through these.
 */
export function archivedMail(
  archive: RestoreArchive,
  from: Buffer,
  items: readonly Buffer[],
): ArchivedItem[] {
  const found: ArchivedItem[] = []
  const { reader, trusted } = archive
  for (const { entry, path, verdict } of judgeArchive(reader, { root: from, trusted })) {
    if (verdict.action === 'refuse' || entry.type === 'special' || path.length === 0) continue
    if (items.length > 0 && !items.some((item) => isWithin(item, path))) continue
    if (isCache(keyOf(path)) || keyOf(path) === 'maildirsize' || isBadLink(entry, path)) continue
    const isFile = entry.type === 'file' || entry.type === 'hardlink'
    found.push({ judged: { entry, path, verdict }, path, message: isFile ? messageKey(path) : null })
  }
  return found
}

/** The mailbox's own folder in the archive, with its mode and time; null where that holds none. */
export function archivedFolder(
  { reader, trusted }: RestoreArchive,
  from: Buffer,
): Judged<ListedEntry> | null {
  for (const { entry, path, verdict } of judgeArchive(reader, { root: from, trusted })) {
    if (path.length > 0) continue
    return verdict.action === 'refuse' || entry.type !== 'directory' ? null : { entry, path, verdict }
  }
  return null
}

function isBadLink({ type, linkTarget }: ListedEntry, path: Buffer): boolean {
  if (type !== 'symlink') return false
  const target = keyOf(linkTarget ?? Buffer.alloc(0))
  const name = keyOf(path).split('/').at(-1) ?? ''
  const isFolder = /^(cur|new|tmp)$/.test(name) || (name.startsWith('.') && !/sieve$/.test(name))
  return isFolder || messageKey(path) !== null || target.startsWith('/') || target.split('/').includes('..')
}
