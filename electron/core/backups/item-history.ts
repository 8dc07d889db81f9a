import { toWire } from '../../../shared/errors.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import type { ListedEntry } from '../archive/index-cache.ts'
import type { ArchiveReader } from '../archive/reader.ts'
import { fromRemoteName } from '../../../shared/remote-name.ts'

/** One item through the backups of a source, newest first. */
export interface ItemHistory {
  /** `entry` null: that backup does not have it. */
  readonly versions: readonly { readonly backup: Backup; readonly entry: ListedEntry | null }[]
  /** Backups that could not be looked into, with the reason in words. */
  readonly unread: readonly { readonly backup: Backup; readonly why: string }[]
  /** How many older ones nobody looked into. */
  readonly older: number
}

type Open = (backup: Backup) => Promise<{ readonly reader: ArchiveReader } & AsyncDisposable>

/**
 * Looks an item up in the newest `limit` backups, one after the other; one that cannot be opened spoils no other.
 * `item`: its path as listed. Throws only what ends the signal.
 */
export async function itemHistory(
  backups: readonly Backup[],
  item: string,
  { open, limit, signal }: { readonly open: Open; readonly limit: number; readonly signal: AbortSignal },
): Promise<ItemHistory> {
  const newestFirst = [...backups].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
  const versions: { backup: Backup; entry: ListedEntry | null }[] = []
  const unread: { backup: Backup; why: string }[] = []
  for (const backup of newestFirst.slice(0, limit)) {
    signal.throwIfAborted()
    try {
      await using opened = await open(backup)
      versions.push({ backup, entry: opened.reader.stat(Buffer.from(fromRemoteName(item))) })
    } catch (error) {
      signal.throwIfAborted()
      unread.push({ backup, why: toWire(error).message })
    }
  }
  return { versions, unread, older: Math.max(0, newestFirst.length - limit) }
}
