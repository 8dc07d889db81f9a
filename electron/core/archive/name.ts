import { createHash } from 'node:crypto'
import type { SourceKind } from '../../../shared/model/backup.ts'

/** Source names that may stand in file names as they are (FORMAT §1). */
const plainName = /^[a-z0-9_][a-z0-9._-]{0,63}$/
/** Names that Windows keeps for devices, with any ending. */
const deviceName = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i

/**
 * A name as it stands in file names and keys: itself where every file system takes it, otherwise `_` for every
 * other character (in device names for dots too), a dash and 6 hex digits of the SHA-256 of the true name, which
 * the manifest has.
 */
export function safeName(name: string): string {
  const device = deviceName.test(name)
  if (plainName.test(name) && !device && !name.endsWith('.')) return name
  const digits = createHash('sha256').update(name).digest('hex').slice(0, 6)
  const cleaned = name.replace(device ? /[^a-z0-9_-]/g : /[^a-z0-9._-]/g, '_').replace(/^(?![a-z0-9_])/, '_')
  return `${cleaned.slice(0, 57)}-${digits}`
}

const stem = /^(.+)_([0-9]{4}-[0-9]{2}-[0-9]{2})(?:_([1-9][0-9]{0,5}))?$/

/** What an archive's name says, or null where it is none of ours. `source` is the safe form. */
export function parseArchiveStem(
  name: string,
): { readonly source: string; readonly date: string; readonly number: number } | null {
  const [, source, date, number] = stem.exec(name) ?? []
  if (source === undefined || date === undefined || number === '1') return null
  return plainName.test(source) ? { source, date, number: Number(number ?? 1) } : null
}

/** `alice_2026-04-08`, `alice_2026-04-08_2` …: an archive's name without its ending. `number` counts from 1. */
export function archiveStem(run: {
  readonly source: string
  readonly date: string
  readonly number: number
}): string {
  const first = `${safeName(run.source)}_${run.date}`
  return run.number === 1 ? first : `${first}_${run.number}`
}

/** A server's folder at a destination: its name and 8 hex digits of its id, the random ones at the end. */
export function serverFolderName(name: string, id: string): string {
  return `${safeName(name.toLowerCase())}-${id.replaceAll('-', '').slice(-8)}`
}

const kindFolders: Readonly<Record<SourceKind, string>> = {
  account: 'accounts',
  site: 'sites',
  tenant: 'tenants',
  system: 'system',
}

/** The folder of a source's archives within its server's folder. */
export function sourceFolder(serverFolder: string, kind: SourceKind, name: string): string {
  return `${serverFolder}/${kindFolders[kind]}/${safeName(name)}`
}
