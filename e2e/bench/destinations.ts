import { randomBytes } from 'node:crypto'
import type { Destination } from '../../electron/core/destinations/destination.ts'
import { startHost, sweepLab, type Line } from '../lab/lab.ts'
import { emptyBucket } from '../lab/s3-place.ts'
import { openTestPlace } from '../lab/sftp-place.ts'

/** 50 ms there and back. */
const line: Line = { delayMs: 25, rateMbit: 100, lossPercent: 0 }
const MB = 1_000_000
const size = 100 * MB
const options = { signal: new AbortController().signal }

interface Speeds {
  readonly up: number
  readonly down: number
}

/** Megabytes per second of one large object. */
async function measure(destination: Destination): Promise<Speeds> {
  const chunk = randomBytes(4 * MB)
  const seconds = async (act: () => Promise<void>) => {
    const start = performance.now()
    await act()
    return (performance.now() - start) / 1000
  }
  const up = await seconds(async () => {
    const upload = await destination.create('a/large.tar.gz', { ...options, size })
    for (let sent = 0; sent < size; sent += chunk.length) await upload.write(chunk)
    await upload.commit()
  })
  const down = await seconds(async () => {
    let got = 0
    for await (const part of (await destination.get('a/large.tar.gz', options)) as AsyncIterable<Buffer>)
      got += part.length
    if (got !== size) throw new Error(`${got} bytes came back instead of ${size}.`)
  })
  return { up: size / MB / up, down: size / MB / down }
}

/**
 * `node e2e/bench/destinations.ts [--lan]`: how fast copies go to the lab's SFTP and S3 servers, over 50 ms and 100 Mbit/s
 * or beside this computer. Prints a table.
 */
async function main(): Promise<void> {
  const lan = process.argv.includes('--lan')
  const far = lan ? {} : { wan: line }
  const without = ['mariadb', 'postgres', 'dovecot', 'cron'] as const
  const rows: string[] = []
  {
    await using host = await startHost({ layer: 'sftp-target', without, ...far })
    await using destination = await (await openTestPlace(host, 'upload/bench')).open()
    rows.push(row('SFTP (OpenSSH)', await measure(destination), lan))
  }
  {
    await using host = await startHost({ kind: 's3', ...far })
    await using destination = await (await emptyBucket({ endpoint: `http://${host.ip}:7480` })).open()
    rows.push(row('S3 (Ceph, http)', await measure(destination), lan))
  }
  console.log(['', '| to | up, MB/s | down, MB/s |', '| --- | --- | --- |', ...rows].join('\n'))
  console.log(`\npeak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`)
  await sweepLab()
}

function row(name: string, { up, down }: Speeds, lan: boolean): string {
  const link = (line.rateMbit * 1e6) / 8 / MB
  const share = (speed: number) => (lan ? '' : ` (${Math.round((speed / link) * 100)} % of the link)`)
  return `| ${name} | ${up.toFixed(1)}${share(up)} | ${down.toFixed(1)}${share(down)} |`
}

await main()
