import { z } from 'zod'
import { openAppendLog } from '../append-log.ts'
import { openDocument } from '../document.ts'

/**
 * Writes a document and a log in the folder of the first argument, over and over, until it is killed. Prints each
 * number when it is safe on disk. Every value fits its number, so that a reader can tell a mix of two.
 */
const folder = process.argv[2] ?? ''
const Counter = z.strictObject({ n: z.int(), filling: z.string() })

const document = await openDocument({
  file: `${folder}/counter.json`,
  schema: Counter,
  version: 1,
  migrations: {},
  empty: { n: 0, filling: '' },
  log: { write: (_level, text) => process.stderr.write(`${text}\n`) },
})
const log = await openAppendLog<number>(`${folder}/numbers.jsonl`)
for (;;) {
  const { n } = await document.update((current) => ({
    n: current.n + 1,
    filling: String(current.n + 1).repeat(((current.n * 37) % 900) + 1),
  }))
  await log.append(n)
  await log.sync()
  process.stdout.write(`${n}\n`)
}
