import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { ServerFile } from '../../../../shared/model/restore-plan.ts'
import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import type { ListedEntry } from '../../archive/index-cache.ts'
import { parseRecords, recordsOf } from '../../sources/records.ts'
import type { RestoreContext } from '../restore-context.ts'
import { diffOf } from './show-diff.ts'

/** Files that are compared; further ones are not looked at. */
const most = 500
const textCap = 256 * 1024
const none = Buffer.alloc(0)

/** Where the collector finds such files; a foreign archive may name any. */
const place = /^\/(etc|usr\/local\/etc|usr\/local\/nginx\/conf|opt\/[^/]+\/etc)\/[^\0\n]+$/

/** What of a server's own configuration is not as an archive has it, and the versions of PHP over there. */
export interface ServerConfig {
  readonly files: readonly ServerFile[]
  /** Null where nothing was asked. */
  readonly php: readonly string[] | null
}

/** The files in `config/` of an archive, by their absolute path. */
function filesIn({ reader }: RestoreContext['archive']): Map<string, ListedEntry> {
  const found = new Map<string, ListedEntry>()
  if (reader.list(Buffer.from('config')).length === 0) return found
  for (const entry of reader.entries()) {
    const path = entry.path.toString('latin1')
    if (!path.startsWith('config/') || entry.type !== 'file' || found.size >= most) continue
    found.set(toRemoteName(entry.path.subarray('config'.length)), entry)
  }
  return found
}

/**
 * Compares the configuration of web server, PHP and certificates in an archive with the files of the same path over
 * there, which only root may read. Nothing is changed, and nothing of private keys is shown.
 */
export async function compareConfig(context: RestoreContext): Promise<ServerConfig> {
  const { archive, target, signal } = context
  const archived = filesIn(archive)
  if (archived.size === 0) return { files: [], php: null }
  const unknown = (path: string, why: string): ServerFile => ({
    path,
    state: 'not-compared',
    why,
    diff: null,
  })
  if (target.shell.privilege === 'user') {
    return { files: [...archived.keys()].map((path) => unknown(path, 'only root may look at it')), php: null }
  }
  const asked = [...archived.keys()].filter((path) => place.test(path) && !/\/\.{1,2}(\/|$)/.test(path))
  const args = asked.map(fromRemoteName)
  const look = parseRecords(
    (await target.shell.run('config-look', { values: { credentials: 1 }, args, signal })).output,
  )
  const left = new Map(
    recordsOf(look, 'leave', 2).map(
      ([path = none, why = none]) => [toRemoteName(path), why.toString('utf8')] as const,
    ),
  )
  const read = await target.shell.run('config-read', {
    args: [
      ...asked.filter((path) => !left.has(path)).map(fromRemoteName),
      ...['--', ...[...left.keys()].map(fromRemoteName)],
    ],
    signal,
  })
  const records = parseRecords(read.output)
  const gone = new Set(recordsOf(records, 'gone', 1).map(([path = none]) => toRemoteName(path)))
  const there = new Map(
    recordsOf(records, 'file', 3).map(
      ([path = none, sum = none, text = none]) =>
        [toRemoteName(path), { sum: sum.toString(), text }] as const,
    ),
  )
  const files: ServerFile[] = []
  for (const [path, entry] of archived) {
    const now = there.get(path)
    if (gone.has(path)) files.push({ path, state: 'missing', why: null, diff: null })
    else if (now === undefined) files.push(unknown(path, left.get(path) ?? 'it is no such file'))
    else files.push(await compared(path, { entry, now, context }))
  }
  const php = (read.facts.get('php') ?? '').split('\n').filter((line) => line !== '')
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), php }
}

async function compared(
  path: string,
  {
    entry,
    now,
    context: { archive, signal },
  }: {
    readonly entry: ListedEntry
    readonly now: { readonly sum: string; readonly text: Buffer }
    readonly context: RestoreContext
  },
): Promise<ServerFile> {
  const differs = (diff: string | null, why: string | null = null): ServerFile => ({
    ...{ path, state: 'differs', why, diff },
  })
  if (entry.size > textCap) return differs(null, 'it is long')
  const then = await buffer(archive.reader.content(entry, { signal }))
  if (createHash('sha256').update(then).digest('hex') === now.sum) {
    return { path, state: 'same', why: null, diff: null }
  }
  const text = Buffer.from(now.text.toString('latin1'), 'base64')
  if (now.text.length === 0 && now.sum !== createHash('sha256').digest('hex'))
    return differs(null, 'it is long')
  const shown = diffOf(path, { there: text, archived: then })
  return typeof shown === 'string' ? differs(shown) : differs(null, shown.why)
}
