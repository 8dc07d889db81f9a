import type { BackupState } from './model/backup.ts'

/** Whether nothing may remove a copy at a time: its pin has no end, or one that is still to come. */
export function isPinned(
  { pinned, pinnedUntil }: Pick<BackupState, 'pinned' | 'pinnedUntil'>,
  now: Date,
): boolean {
  return pinned && (pinnedUntil === null || Date.parse(pinnedUntil) > now.getTime())
}
