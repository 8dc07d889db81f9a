import type { Backup, Scope } from '../../../shared/model/backup.ts'
import type { BackupRequest } from '../../../shared/model/job.ts'
import type { Source } from '../../../shared/model/source.ts'
import type { ProgressTotals } from '../jobs/job-context.ts'
import type { RemoteShell } from '../remote/shell.ts'
import { countFolders } from '../sources/folder-sizes.ts'

/** Seconds that counting may take before the first byte is read. */
const patience = 20

/** What the newest backup of the same source and scope came to; null where there is none. `backups`: newest first. */
export function totalsOfLast(
  backups: readonly Backup[],
  { server, source, scope }: Pick<BackupRequest, 'server' | 'source' | 'scope'>,
): ProgressTotals | null {
  const last = backups.find(
    (each) =>
      each.server === server && each.source === source && each.scope === scope && each.only.length === 0,
  )
  if (last === undefined) return null
  return {
    bytes: last.components.reduce((total, { bytes }) => total + bytes, 0),
    items: last.components.reduce((total, { items }) => total + items, 0),
  }
}

/** The sum, or null where a part is not known. */
function sumOf(parts: readonly (number | null)[]): number | null {
  return parts.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0)
}

/**
 * What a first backup will come to, about: what its folders and mailboxes take on disk, and what its databases say of
 * themselves. Bytes are null where a part of that is not known, where something is to be left out, and where counting
 * takes more than 20 seconds.
 */
export async function totalsOfSource(
  shell: RemoteShell,
  source: Source,
  options: { readonly scope: Scope; readonly exclude: readonly string[]; readonly signal: AbortSignal },
): Promise<ProgressTotals> {
  const { scope, exclude, signal } = options
  const unknown: ProgressTotals = { bytes: null, items: null }
  const [files, databases, mail] = (['files', 'databases', 'email'] as const).map(
    (part) => scope === 'full' || scope === part,
  )
  if ((files || mail) && exclude.length > 0) return unknown
  const folders = [...(source.homeExists ? [source.home] : []), ...source.paths.map(({ path }) => path)]
  const boxes = source.mailboxes.filter(({ insideHome }) => mail || insideHome)
  const paths = [...(files ? folders : []), ...boxes.map(({ path }) => path)]
  const sizes = await countFolders(shell, files || mail ? paths : [], { seconds: patience, signal })
  const sizeOf = (path: string) => sizes.get(path) ?? null
  // A server that does not know the size of a database says 0.
  const ofDatabases = sumOf(source.databases.map(({ bytes }) => (bytes > 0 ? bytes : null)))
  const ofFolders = sumOf(folders.map(sizeOf))
  const ofBoxes = sumOf(boxes.map(({ path }) => sizeOf(path)))
  const inHome = sumOf(boxes.filter(({ insideHome }) => insideHome).map(({ path }) => sizeOf(path)))
  const bytes = sumOf([
    files ? sumOf([ofFolders, inHome === null ? null : -inHome]) : 0,
    databases ? ofDatabases : 0,
    mail ? ofBoxes : 0,
  ])
  return bytes === null || bytes < 0 ? unknown : { bytes, items: null, approximate: true }
}
