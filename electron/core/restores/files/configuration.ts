import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { AppError } from '../../../../shared/errors.ts'
import type { ConfigurationFile } from '../../../../shared/model/restore-plan.ts'
import type { RestoreMapping } from '../../../../shared/model/restore-mapping.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import type { ListedEntry } from '../../archive/index-cache.ts'
import { pathRows } from '../mapping/map-path.ts'
import type { RestoreArchive, RestoreContext } from '../restore-context.ts'
import { configurationSizeCap, rewriteConfig, rewrittenFileNames } from '../rewrite/rewrite-config.ts'
import type { ArchivedTree } from './archived-tree.ts'

/** What is looked into: so many files, of so many bytes together. Further ones stay as they are and are listed. */
const caps = { files: 2000, bytes: 16 * 1024 * 1024, listed: 1000, changes: 1000 } as const

const names: ReadonlySet<string> = new Set(rewrittenFileNames)

function isRecognised(path: Buffer): boolean {
  return names.has(path.subarray(path.lastIndexOf(0x2f) + 1).toString('latin1'))
}

/** Whether anything that a configuration may name is called otherwise at the target. */
function changesNames(mapping: RestoreMapping): boolean {
  const rows = [...pathRows(mapping), ...mapping.databases, ...mapping.databaseUsers]
  return rows.some(({ from, to }) => from !== to)
}

interface ConfigurationContext extends Pick<RestoreContext, 'mapping' | 'sameAccount' | 'signal'> {
  readonly archive: Pick<RestoreArchive, 'reader'>
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/** No new passwords: a database user gets the hash of the backup, keeps its own, or gets none and is named. */
function rewritten(path: string, bytes: Buffer, { mapping }: Pick<RestoreContext, 'mapping'>) {
  return rewriteConfig(path, bytes, { mapping, passwords: [] })
}

function left(path: string, why: string): ConfigurationFile {
  return { path, changes: [], notUnderstood: [{ line: 1, why }], logins: [], result: null }
}

interface Recognised {
  readonly path: Buffer
  readonly entry: ListedEntry
  readonly size: number
}

/** The first name of each recognised file that is put, no more than are listed. */
function recognised(archived: ArchivedTree): Recognised[] {
  const found = new Map<number, Recognised>()
  for (const { path, entry } of archived.judged()) {
    if (!isRecognised(path) || found.size >= caps.files + caps.listed) continue
    const file = archived.at(path)
    if (file?.type !== 'file' || found.has(file.offset)) continue
    found.set(file.offset, { path, entry, size: file.size })
  }
  return [...found.values()]
}

/**
 * What of an application's own configuration in a tree is rewritten, computed from the archive. Empty where the account
 * gets its own backup back under the same names.
 */
export async function readConfiguration(
  context: ConfigurationContext,
  archived: ArchivedTree,
): Promise<readonly ConfigurationFile[]> {
  const { archive, mapping, sameAccount, signal } = context
  const renames = changesNames(mapping)
  if (sameAccount && !renames) return []
  const files: ConfigurationFile[] = []
  let room: number = caps.bytes
  for (const [at, { path, entry, size }] of recognised(archived).entries()) {
    const name = toRemoteName(path)
    room -= size
    if (size > configurationSizeCap) {
      files.push(left(name, 'the file is too long for a configuration and was left as it is'))
      room += size
    } else if (at >= caps.files || room < 0) {
      files.push(left(name, 'there are too many files of this kind, and it was left as it is'))
    } else {
      const bytes = await buffer(archive.reader.content(entry, { signal }))
      const planned = plannedFile(name, bytes, rewritten(name, bytes, context), renames)
      if (planned !== null) files.push(planned)
    }
  }
  return files
}

function plannedFile(
  path: string,
  before: Buffer,
  { bytes, changes, notUnderstood, logins }: ReturnType<typeof rewriteConfig>,
  renames: boolean,
): ConfigurationFile | null {
  if (changes.length + notUnderstood.length + logins.length > caps.changes) {
    return left(path, `it has more than ${caps.changes} places to change and was left as it is`)
  }
  const result =
    changes.length === 0 || bytes.equals(before) ? null : { size: bytes.length, sha256: sha256(bytes) }
  const open = renames ? [...notUnderstood] : []
  if (result === null && open.length + logins.length === 0) return null
  return { path, changes: [...changes], notUnderstood: open, logins: [...logins], result }
}

/** How each file that a plan rewrites is rewritten, for `safeTar`. Throws where it would not be what the plan says. */
export function rewriting(
  context: Pick<RestoreContext, 'mapping'>,
  archived: ArchivedTree,
): (entry: ListedEntry) => ((content: Buffer) => Buffer) | null {
  return (entry) => {
    const file = archived.rewritten(entry)
    if (file === null) return null
    return (content) => {
      const { bytes } = rewritten(file.path, content, context)
      if (sha256(bytes) === file.sha256.toString('hex')) return bytes
      throw new AppError(
        'conflict',
        `${file.path} would be rewritten otherwise than the plan says, maybe by another version of Holdfast. Nothing of it was changed; take the restore back and plan it again.`,
      )
    }
  }
}
