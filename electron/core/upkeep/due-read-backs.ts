import type { Backup } from '../../../shared/model/backup.ts'

/** How old the last reading back of a series at a destination may be, in milliseconds. */
export const readBackEvery = 30 * 86_400_000

/** The newest copy of a series at one destination. */
export interface DueReadBack {
  readonly backup: Backup
  readonly destination: string
}

interface Series extends DueReadBack {
  /** When a copy was read back last, else when the first one was made. */
  readonly since: number
}

/**
 * What is to be read back: the newest copy of each series (server, source, scope) at each destination where none of its
 * copies was for 30 days; the longest overdue first. `backups` come newest first. Safety backups, drills and backups of
 * single items are no series.
 */
export function dueReadBacks(backups: readonly Backup[], now: Date): readonly DueReadBack[] {
  const read = new Map<string, Series>()
  const unread = new Map<string, Series>()
  for (const backup of backups) {
    if (backup.only.length > 0 || !['scheduled', 'on-demand'].includes(backup.trigger)) continue
    const { serverId, source, scope } = backup
    for (const { destination, readBackAt } of backup.copies) {
      const key = JSON.stringify([serverId, source, scope, destination])
      const newest = read.get(key) ?? unread.get(key)
      const known = { backup: newest?.backup ?? backup, destination }
      if (readBackAt === null) {
        unread.set(key, { ...known, since: Date.parse(backup.finishedAt) })
      } else {
        read.set(key, { ...known, since: Math.max(read.get(key)?.since ?? 0, Date.parse(readBackAt)) })
      }
    }
  }
  return [...new Map([...unread, ...read]).values()]
    .filter(({ since }) => now.getTime() - since >= readBackEvery)
    .sort((a, b) => a.since - b.since)
    .map(({ backup, destination }) => ({ backup, destination }))
}
