import { formatBytes, plural } from '../../../shared/format.ts'
import type { Backup, ComponentKind } from '../../../shared/model/backup.ts'
import { holdsWords } from '../../lib/backup-words.ts'
import { dayOf, timeOf } from '../../lib/dates.ts'
import { modeWords } from '../../lib/mode-words.ts'
import type { NewRestore, RestoreMode } from '../../lib/state/new-restore.svelte.ts'

/** `alice, today 02:00, full backup`; the file's name for an archive file. `now` in milliseconds. */
export function sourceWords({ backup, file }: NewRestore, { now }: { readonly now: number }): string {
  if (file !== null) return file.path.slice(file.path.lastIndexOf('/') + 1)
  if (backup === null) return ''
  const day = dayOf(backup.startedAt, { now }).replace('Today', 'today')
  return `${backup.source}, ${day} ${timeOf(backup.startedAt)}, ${holdsWords(backup).toLowerCase()} backup`
}

/** `alice, today 02:00, Full, 3.4 GB`. */
export function backupWords(backup: Backup, { now }: { readonly now: number }): string {
  const day = dayOf(backup.startedAt, { now }).replace('Today', 'today')
  return `${backup.source}, ${day} ${timeOf(backup.startedAt)}, ${holdsWords(backup)}, ${sizeOf(backup)}`
}

/** The same with what was picked. */
export function whatWords({ mode, items }: NewRestore): string {
  return mode === 'items' ? plural(items.length, 'item') : modeWords[mode]
}

/** Kinds of components by the choice that brings them; all of them for `full`. */
const kindsOf = {
  files: ['files', 'paths'],
  databases: ['mysql', 'postgresql'],
  email: ['mail'],
} as const satisfies Record<string, readonly ComponentKind[]>

/** One part of an archive that a scope can bring. */
export interface ArchivePart {
  readonly kind: ComponentKind
  readonly name: string
  readonly items: number
  readonly bytes: number
}

/** What an archive holds: of a backup, or of a file that was looked into. */
export function partsOf({ backup, file }: NewRestore): readonly ArchivePart[] {
  if (file !== null) return file.components
  return (backup?.components ?? []).filter(({ status }) => status !== 'missing')
}

/** Those that a choice brings. */
export function broughtBy(mode: RestoreMode, parts: readonly ArchivePart[]): readonly ArchivePart[] {
  if (mode === 'full' || mode === 'items') return parts
  const kinds: readonly ComponentKind[] = kindsOf[mode]
  return parts.filter(({ kind }) => kinds.includes(kind))
}

/** How much that is. */
export function sizeWords(parts: readonly ArchivePart[]): string {
  return formatBytes(parts.reduce((sum, { bytes }) => sum + bytes, 0))
}

/** Of the biggest copy. */
export function sizeOf({ copies }: Backup): string {
  return formatBytes(Math.max(0, ...copies.map(({ size }) => size)))
}
