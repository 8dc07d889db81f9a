/**
 * Measures how fast a dump is filtered and how much memory that takes: `node e2e/bench/dump-filter.ts`. Its dumps are
 * made as they are read; the number is megabytes of dump in a second of processor time, which a busy machine does not
 * spoil.
 */
import { DumpFilter } from '../../electron/core/restores/sql/dump-filter.ts'
import { usualOptions } from '../../electron/core/restores/sql/filter-trial.ts'

const head = 'CREATE TABLE `t` (\n  `a` int(11) DEFAULT NULL\n) ENGINE=InnoDB;\n'
const rows = {
  texts: `(1,'${"a sentence with \\'quotes\\' in it, ".repeat(10)}',-12.5,NULL,'2026-01-01 00:00:00')`,
  hex: `(1,0x${'DEADBEEF00'.repeat(400)})`,
  'short values': "(1,2,'short',4,5.25,NULL,'x')",
}
const pieceSize = 1 << 18
const bytes = 400e6

/** `perInsert`: rows in a statement; dumps of --skip-extended-insert have one. */
async function* dumpOf(row: string, perInsert: number): AsyncGenerator<Buffer> {
  const insert = `INSERT INTO \`t\` VALUES\n${Array(perInsert).fill(row).join(',\n')};\n`
  const inserts = Buffer.from(insert.repeat(Math.ceil((16 << 20) / insert.length)))
  yield Buffer.from(head)
  for (let made = 0; made < bytes; made += inserts.length) {
    for (let from = 0; from < inserts.length; from += pieceSize)
      yield inserts.subarray(from, from + pieceSize)
  }
}

const many = (row: string) => Math.ceil((16 << 20) / row.length)
const dumps = [
  ...Object.entries(rows).map(([kind, row]) => ({ kind, row, perInsert: many(row) })),
  ...Object.entries(rows).map(([kind, row]) => ({ kind: `${kind}, a row a statement`, row, perInsert: 1 })),
]

for (const { kind, row, perInsert } of dumps) {
  const filter = new DumpFilter(usualOptions)
  const signal = new AbortController().signal
  const before = process.memoryUsage().rss
  const start = process.cpuUsage()
  let passed = 0
  for await (const piece of filter.statements(dumpOf(row, perInsert), { signal })) passed += piece.length
  const used = process.cpuUsage(start)
  const seconds = (used.user + used.system) / 1e6
  const grown = (process.memoryUsage().rss - before) / 1e6
  const { tables, findings } = filter.outcome
  if (findings.length > 0 || tables[0] === undefined) throw new Error(`${kind}: not all rows passed.`)
  console.log(
    `${kind}: ${(passed / 1e6 / seconds).toFixed(0)} MB/s, ${tables[0].rows} rows, memory +${grown.toFixed(0)} MB`,
  )
}
