import { DumpFilter } from './dump-filter.ts'
import type { DumpFilterOptions, FilteredDump } from './filtered-dump.ts'

/** Options of a trial: MariaDB 10.11, one database that keeps its name. */
export const usualOptions: DumpFilterOptions = {
  server: { flavour: 'mariadb', version: 101119 },
  sources: ['victim'],
  target: 'victim',
  definer: { user: 'alice', host: 'localhost' },
}

/** Filters a dump in pieces of a size, or of the sizes, which repeat. */
export async function filterTrial(
  dump: string | Buffer,
  options: Partial<DumpFilterOptions> = {},
  sizes: readonly number[] = [4096],
): Promise<{ readonly sql: Buffer; readonly outcome: FilteredDump }> {
  const filter = new DumpFilter({ ...usualOptions, ...options })
  const pieces = pieceByPiece(Buffer.from(dump), sizes)
  const output: Buffer[] = []
  for await (const bytes of filter.statements(pieces, { signal: new AbortController().signal })) {
    output.push(bytes)
  }
  return { sql: Buffer.concat(output), outcome: filter.outcome }
}

/** Copies, so that whoever keeps a piece notices when it is used again. */
async function* pieceByPiece(data: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let from = 0, at = 0; from < data.length; at += 1) {
    const size = sizes[at % sizes.length] ?? 1
    yield Buffer.from(data.subarray(from, from + size))
    from += size
  }
}
