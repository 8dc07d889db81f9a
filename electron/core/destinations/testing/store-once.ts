import { toWire } from '../../../../shared/errors.ts'
import { openLocalDestination } from '../local.ts'

/** Stores `new.tar.gz` at the destination of the first argument; prints `stored`, or the code of the error. */
const options = { signal: new AbortController().signal }
const destination = await openLocalDestination({ name: 'here', path: process.argv[2] ?? '' })
const upload = await destination.create('a/new.tar.gz', options)
try {
  for (const letter of 'abc') await upload.write(Buffer.alloc(100_000, letter))
  await upload.commit()
  process.stdout.write('stored')
} catch (error) {
  const second = await upload.commit().then(
    () => 'a second commit went through after ',
    () => '',
  )
  process.stdout.write(second + toWire(error).code)
} finally {
  await upload.abort()
}
