import type { ArchiveEntry } from '../../shared/archive-contract.ts'
import type { Backup } from '../../shared/model/backup.ts'
import { shortDayOf, timeOf } from './dates.ts'

/** An item as one backup has it. */
export interface ItemVersion {
  readonly backup: Backup
  readonly entry: ArchiveEntry
}

/** Backups that follow one another with the same content of an item, newest first. */
export interface VersionGroup {
  readonly key: string
  readonly versions: readonly ItemVersion[]
}

const contentOf = ({ sha256, size, modified, target }: ArchiveEntry): string =>
  sha256 ?? target ?? `${size} ${modified}`

/** Versions, newest first, put together by content. */
export function groupVersions(versions: readonly ItemVersion[]): readonly VersionGroup[] {
  const groups: { key: string; content: string; versions: ItemVersion[] }[] = []
  for (const version of versions) {
    const content = contentOf(version.entry)
    const last = groups.at(-1)
    if (last?.content === content) last.versions.push(version)
    else groups.push({ key: version.backup.id, content, versions: [version] })
  }
  return groups
}

/** When a group's content was there: `Since 3 Apr 09:12`, `24 Mar to 3 Apr`, `Until 24 Mar`. `now` in milliseconds. */
export function groupWords(
  groups: readonly VersionGroup[],
  at: number,
  { now }: { readonly now: number },
): string {
  const changed = (group: VersionGroup | undefined) => group?.versions.at(-1)?.entry.modified
  const [own, newer] = [changed(groups[at]), changed(groups[at - 1])]
  if (own === undefined) return ''
  if (newer === undefined) return `Since ${shortDayOf(own, { now })} ${timeOf(own)}`
  if (at === groups.length - 1) return `Until ${shortDayOf(newer, { now })}`
  return `${shortDayOf(own, { now })} to ${shortDayOf(newer, { now })}`
}
