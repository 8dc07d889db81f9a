import { randomBytes } from 'node:crypto'
import type { Destination } from '../../electron/core/destinations/destination.ts'
import { openS3Destination } from '../../electron/core/destinations/s3/s3.ts'
import { labOptions, labPlace, makeBucket } from '../lab/s3-place.ts'
import { openTestPlace } from '../lab/sftp-place.ts'
import type { SendOrder, SendReport } from './send.ts'

const key = 'a/large.tar.gz'
const options = { signal: new AbortController().signal }
const chunk = randomBytes(4_000_000)

/**
 * One large object from memory to a destination and, where that is wanted, back again, in a process of its own so that
 * what it keeps is only its own: `send-process.ts ORDER`. Prints a report. Both in JSON.
 */
async function main({ to, bytes, back }: SendOrder): Promise<void> {
  await using destination = await open(to)
  const upSeconds = await secondsOf(async () => {
    const upload = await destination.create(key, { ...options, size: bytes })
    for (let sent = 0; sent < bytes; sent += chunk.length)
      await upload.write(chunk.subarray(0, Math.min(chunk.length, bytes - sent)))
    await upload.commit()
  })
  const downSeconds = back ? await secondsOf(() => receive(destination, bytes)) : null
  await destination.delete(key, options)
  const report: SendReport = { upSeconds, downSeconds, peakBytes: process.resourceUsage().maxRSS * 1024 }
  console.log(JSON.stringify(report))
}

async function open(to: SendOrder['to']): Promise<Destination> {
  if (to.kind === 's3') {
    const place = labPlace({ endpoint: to.endpoint })
    if (to.makesBuckets) await makeBucket(place)
    return openS3Destination(place, labOptions)
  }
  const { ip, key: path, keys } = to
  const host = { ip, key: path, hostKeys: () => Promise.resolve(keys) }
  return (await openTestPlace(host, 'upload/bench')).open()
}

async function receive(destination: Destination, bytes: number): Promise<void> {
  let got = 0
  for await (const part of (await destination.get(key, options)) as AsyncIterable<Buffer>) got += part.length
  if (got !== bytes) throw new Error(`${got} bytes came back instead of ${bytes}.`)
}

async function secondsOf(act: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await act()
  return (performance.now() - start) / 1000
}

await main(JSON.parse(process.argv[2] ?? '') as SendOrder)
