import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Upload } from '@aws-sdk/lib-storage'
import { Bucket } from '../../electron/core/destinations/s3/bucket.ts'
import type { LabHost } from '../lab/lab.ts'
import { labOptions, labPlace, makeBucket } from '../lab/s3-place.ts'

/** A file with so many random bytes. */
export async function makeFile(path: string, bytes: number): Promise<void> {
  const chunk = randomBytes(4_000_000)
  await writeFile(path, [])
  for (let made = 0; made < bytes; made += chunk.length)
    await writeFile(path, chunk.subarray(0, Math.min(chunk.length, bytes - made)), { flag: 'a' })
}

/** Seconds that lib-storage takes for a file, as `aws s3 cp` does it: ten parts of 8 MiB at a time. */
export async function sendByLibStorage({ ip }: LabHost, path: string): Promise<number> {
  const place = labPlace({ endpoint: `http://${ip}:7480` })
  await makeBucket(place)
  using bucket = new Bucket(place, labOptions)
  const start = performance.now()
  const target = { Bucket: place.bucket, Key: 'large.tar.gz' }
  await new Upload({
    client: bucket.client,
    params: { ...target, Body: createReadStream(path, { highWaterMark: 1 << 20 }) },
    ...{ queueSize: 10, partSize: 8 << 20 },
  }).done()
  const seconds = (performance.now() - start) / 1000
  await bucket.delete(target.Key, { signal: new AbortController().signal })
  return seconds
}

/** Seconds that `sftp -b` takes for a file. `flushed`: like Holdfast it waits until the file lies on the disk there. */
export async function sendBySftp(
  host: LabHost,
  path: string,
  { scratch, flushed }: { readonly scratch: string; readonly flushed: boolean },
): Promise<number> {
  const knownHosts = join(scratch, 'known_hosts')
  await writeFile(knownHosts, (await host.hostKeys()).map(({ line }) => `${host.ip} ${line}\n`).join(''))
  const batch = join(scratch, 'batch')
  await writeFile(batch, `put ${flushed ? '-f ' : ''}${path} upload/by-sftp\n`)
  const options = ['BatchMode=yes', 'StrictHostKeyChecking=yes', `UserKnownHostsFile=${knownHosts}`]
  const args = ['-q', '-F', 'none', '-i', host.key, ...options.flatMap((option) => ['-o', option])]
  const start = performance.now()
  const sftp = spawn('sftp', [...args, '-b', batch, `backup1@${host.ip}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = (await once(sftp, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`sftp ended with ${code ?? 'a signal'}.`)
  const seconds = (performance.now() - start) / 1000
  await host.exec('rm /srv/sftp/backup1/upload/by-sftp')
  return seconds
}
