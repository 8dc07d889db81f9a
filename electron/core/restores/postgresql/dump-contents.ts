import type { ListedEntry } from '../../archive/index-cache.ts'
import type { ArchiveReader } from '../../archive/reader.ts'
import { ArchiveWalk, type DumpEntry, type DumpHead } from '../../collectors/postgresql/archive-walk.ts'

/** What a dump says is in it. */
export interface DumpContents {
  readonly head: DumpHead
  readonly entries: readonly DumpEntry[]
}

/** No table of contents is longer. */
const longest = 256 * 1024 * 1024

/** Reads as much of a dump as it takes to know what is in it; null where it is none that we know. */
export async function dumpContents(
  reader: ArchiveReader,
  entry: ListedEntry,
  { signal }: { readonly signal: AbortSignal },
): Promise<DumpContents | null> {
  const walk = new ArchiveWalk({ keep: true })
  let read = 0
  for await (const chunk of reader.content(entry, { signal }) as AsyncIterable<Buffer>) {
    walk.look(chunk)
    read += chunk.length
    if (walk.contents !== null || read > longest) break
  }
  const { head, contents } = walk
  return head === null || contents === null ? null : { head, entries: contents }
}

/** Tables of a dump, `schema.table`. */
export function tablesIn({ entries }: DumpContents): string[] {
  return entries.flatMap(({ kind, schema, tag }) => (kind === 'TABLE' ? [`${schema}.${tag}`] : []))
}

/** The tables that a person may mean: `schema.table`, or the table alone. */
export function tablesNamed(
  { entries }: DumpContents,
  name: string,
): { readonly schema: string; readonly name: string }[] {
  const tables = entries.filter(({ kind }) => kind === 'TABLE')
  const whole = tables.filter(({ schema, tag }) => `${schema}.${tag}` === name)
  const found = whole.length > 0 ? whole : tables.filter(({ tag }) => tag === name)
  return found.map(({ schema, tag }) => ({ schema, name: tag }))
}
