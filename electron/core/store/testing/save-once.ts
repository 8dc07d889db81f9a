import { z } from 'zod'
import { toWire } from '../../../../shared/errors.ts'
import { openDocument } from '../document.ts'

/** Updates the document in the folder of the first argument once; prints `saved` or the code of the error. */
const document = await openDocument({
  file: `${process.argv[2] ?? ''}/document.json`,
  schema: z.array(z.string()),
  version: 1,
  migrations: {},
  empty: [],
  log: { write: () => undefined },
})
const before = document.read()
try {
  await document.update((names) => [...names, 'x'.repeat(3000)])
  process.stdout.write('saved')
} catch (error) {
  process.stdout.write(document.read() === before ? toWire(error).code : 'changed in memory')
}
