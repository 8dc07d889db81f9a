import { startFaultServer } from '../../electron/core/destinations/s3/testing/fault-server.ts'

/** A bucket that forgets what it is sent, in a process of its own; prints its address and ends with its input. */
const server = await startFaultServer({
  ...{ conditional: 'works', plainChecksumsOnly: false, forgetsParts: true },
})
console.log(server.endpoint)
process.stdin.once('end', () => process.exit()).resume()
