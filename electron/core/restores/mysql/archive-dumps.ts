import { finished } from 'node:stream/promises'
import type { ArchiveReader } from '../../archive/reader.ts'
import { TableRanges } from '../../collectors/mysql/table-ranges.ts'
import type { ArchiveDump } from '../archive-dumps.ts'

/** The tables of a dump: from the index, else by reading the dump once. */
export async function tablesOf(
  { entry }: ArchiveDump,
  reader: ArchiveReader,
  { signal }: { readonly signal: AbortSignal },
): Promise<string[]> {
  const parts = reader.parts(entry).filter(({ kind }) => kind === 'table')
  if (parts.length > 0 || reader.origin === 'stored') return parts.map(({ name }) => name)
  const ranges = new TableRanges()
  reader
    .content(entry, { signal })
    .on('error', (error) => ranges.destroy(error))
    .pipe(ranges)
  ranges.resume()
  await finished(ranges)
  return ranges.ranges.map(({ name }) => name)
}
