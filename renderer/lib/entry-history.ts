import type { Output } from '../../shared/contract.ts'
import { plural } from '../../shared/format.ts'
import { shortDayOf } from './dates.ts'

export type FolderHistory = Output<'archive.folderHistory'>

/** `same in all`, `2 versions`, `new since 6 Apr`, `in 4 of 6`; empty where one backup was compared with none. */
export function entryHistoryWords(
  { versions, backups, newSince }: FolderHistory['entries'][number],
  { compared, now }: { readonly compared: number; readonly now: number },
): string {
  if (compared < 2) return ''
  if (versions > 1) return plural(versions, 'version')
  if (newSince !== null) return `new since ${shortDayOf(newSince, { now })}`
  return backups === compared ? 'same in all' : `in ${backups} of ${compared}`
}
