import { setImmediate } from 'node:timers/promises'
import type { Backup } from '../../../shared/model/backup.ts'
import type { ListedEntry } from '../archive/index-cache.ts'

/** One entry of a folder through the backups that were compared. */
export interface EntryHistory {
  readonly path: Buffer
  /** How often its content changed from one backup to the next, and one. */
  readonly versions: number
  /** How many of the compared backups have it. */
  readonly backups: number
  /** The oldest backup that has it, where all newer ones do and no older one does; null: any other case. */
  readonly newSince: Backup | null
}

interface FolderHistory {
  readonly entries: readonly EntryHistory[]
  /** How many backups were compared. */
  readonly compared: number
}

/** What lies directly in the folder, from an index that is at hand; null where there is none. */
type ListFolder = (backup: Backup) => readonly ListedEntry[] | null

const contentOf = ({ sha256, linkTarget, size, mtime }: ListedEntry): string =>
  (sha256 ?? linkTarget)?.toString('hex') ?? `${size} ${mtime}`

/** Compares the files of a folder through the backups whose index is at hand. Folders in it are left out. */
export async function folderHistory(
  backups: readonly Backup[],
  { list, signal }: { readonly list: ListFolder; readonly signal: AbortSignal },
): Promise<FolderHistory> {
  const found = new Map<string, { path: Buffer; versions: number; places: number[]; last: string }>()
  const compared: Backup[] = []
  for (const backup of backups.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))) {
    await setImmediate(undefined, { signal })
    const listed = list(backup)
    if (listed === null) continue
    const place = compared.push(backup) - 1
    for (const entry of listed.filter(({ type }) => type !== 'directory')) {
      const content = contentOf(entry)
      const key = entry.path.toString('latin1')
      const known = found.get(key)
      if (known === undefined)
        found.set(key, { path: entry.path, versions: 1, places: [place], last: content })
      else {
        if (known.last !== content) known.versions += 1
        known.last = content
        known.places.push(place)
      }
    }
  }
  const entries = [...found.values()].map(({ path, versions, places }) => {
    const oldest = places.at(-1) === places.length - 1 ? compared[places.length - 1] : undefined
    const isNew = places.length < compared.length
    return { path, versions, backups: places.length, newSince: (isNew ? oldest : null) ?? null }
  })
  return { entries, compared: compared.length }
}
