import { describeDestination } from '../conformance.ts'
import { startFaultServer } from './testing/fault-server.ts'
import { openBucketOn } from './testing/open-bucket.ts'

describeDestination('B2 (its rules)', async () => {
  const server = await startFaultServer({ conditional: 'not-implemented', plainChecksumsOnly: true })
  return {
    open: () => Promise.resolve(openBucketOn(server, { conditionalWrites: false })),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
})
