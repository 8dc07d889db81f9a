import Archive from '@lucide/svelte/icons/archive'
import Database from '@lucide/svelte/icons/database'
import Folder from '@lucide/svelte/icons/folder'
import Mail from '@lucide/svelte/icons/mail'
import { formatBytes } from '../../shared/format.ts'
import type { Scope } from '../../shared/model/backup.ts'
import type { SourceSizes } from '../../shared/model/fleet.ts'
import type { MenuEntry } from './ui/menu/menu-entry.ts'

/** Bytes of all parts that are known; null where none is. */
export function totalOf({ files, databases, email }: SourceSizes): number | null {
  const known = [files, databases, email].filter((bytes) => bytes !== null)
  return known.length === 0 ? null : known.reduce((sum, bytes) => sum + bytes, 0)
}

/** What may be backed up of an account, with its sizes. */
export function scopeEntries(sizes: SourceSizes, start: (scope: Scope) => void): readonly MenuEntry[] {
  const end = (bytes: number | null) => (bytes === null ? '' : formatBytes(bytes))
  return [
    {
      ...{ text: 'Full', icon: Archive, sub: 'Files, databases, email and cron jobs' },
      ...{ end: end(totalOf(sizes)), onSelect: () => start('full') },
    },
    {
      ...{ text: 'Files only', icon: Folder, sub: 'Home directory, no databases or mail' },
      ...{ end: end(sizes.files), onSelect: () => start('files') },
    },
    {
      ...{ text: 'Databases only', icon: Database, sub: 'All databases of the account' },
      ...{ end: end(sizes.databases), onSelect: () => start('databases') },
    },
    {
      ...{ text: 'Email only', icon: Mail, sub: 'All mailboxes of the account' },
      ...{ end: end(sizes.email), onSelect: () => start('email') },
    },
  ]
}
