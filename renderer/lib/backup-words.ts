import { isVerified } from '../../shared/day-marks.ts'
import type { Backup, BackupCopy, Scope, Trigger } from '../../shared/model/backup.ts'
import { isPinned } from '../../shared/pins.ts'
import { shortDayOf } from './dates.ts'
import type { StatusState } from './ui/status/status-state.ts'

/** What a backup was asked to hold. */
export const scopeWords = {
  full: 'Full',
  files: 'Files only',
  databases: 'Databases only',
  email: 'Email only',
} as const satisfies Record<Scope, string>

/** Who or what started a backup. */
export const triggerWords = {
  scheduled: 'A schedule',
  'on-demand': 'You, on demand',
  safety: 'A restore, for its undo',
  drill: 'A drill',
} as const satisfies Record<Trigger, string>

/** What a backup holds: its scope, or single items. */
export function holdsWords({ scope, only }: Backup): string {
  return only.length > 0 ? 'Single items' : scopeWords[scope].replace(' only', '')
}

/** How far a backup can be trusted, as a shape and a sentence. */
export function trustOf(backup: Backup): { readonly mark: StatusState; readonly words: string } {
  if (backup.copies.some(({ verified }) => verified?.ok === false))
    return { mark: 'fail', words: 'A copy did not pass its check' }
  if (backup.result === 'partial') return { mark: 'warn', words: 'Something is missing from it' }
  if (!isVerified(backup)) return { mark: 'idle', words: 'Not checked yet' }
  return { mark: 'held', words: 'Verified' }
}

/** The copies that are pinned at a time, in milliseconds. */
export function pinsOf({ copies }: Backup, { now }: { readonly now: number }): readonly BackupCopy[] {
  return copies.filter((copy) => isPinned(copy, new Date(now)))
}

/** How long a backup stays. `now` in milliseconds. */
export function keptWords(backup: Backup, { now }: { readonly now: number }): string {
  const pins = pinsOf(backup, { now })
  const until = pins.map(({ pinnedUntil }) => pinnedUntil)
  if (pins.length > 0 && until.every((each) => each !== null))
    return `Until ${shortDayOf(until.sort().at(-1) ?? '', { now })}`
  if (pins.length > 0) return 'Until unpinned'
  return backup.trigger === 'scheduled' ? 'By its schedule' : 'Until deleted'
}
