import { describeDestination } from '../conformance.ts'
import { startFaultServer } from './testing/fault-server.ts'
import { openBucketOn } from './testing/open-bucket.ts'

describeDestination(
  'older S3 server (refuses trailers and the newer checksums, ignores conditions)',
  async () => {
    const server = await startFaultServer({ conditional: 'ignored', plainChecksumsOnly: true })
    return {
      open: () => Promise.resolve(openBucketOn(server, { conditionalWrites: false })),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  },
)
