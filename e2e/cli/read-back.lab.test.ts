import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Backup } from '../../shared/model/backup.ts'
import { LabProduct } from '../faults/lab-product.ts'
import { Holdfast } from './holdfast.ts'
import { startHost, type LabHost } from '../lab/lab.ts'
import { labPlace, makeBucket } from '../lab/s3-place.ts'

const missing = inject('s3Misses')
const megabytes = 8
/** Bytes that came from the bucket. */
let received = 0

function countingProxy(target: { readonly host: string; readonly port: number }): Promise<Server> {
  const server = createServer((client) => {
    const there = connect(target)
    there.on('data', ({ length }) => (received += length))
    client.pipe(there).pipe(client)
    for (const [one, other] of [
      [client, there],
      [there, client],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

describe.skipIf(missing !== null)(`what is read back of a bucket ${missing ?? ''}`, () => {
  let lab: LabProduct
  let s3: LabHost
  let proxy: Server

  beforeAll(async () => {
    lab = await LabProduct.start(
      { without: ['mariadb', 'postgres', 'dovecot', 'cron'] },
      `useradd -m amy; head -c ${megabytes}M /dev/urandom >/home/amy/noise; chown amy: /home/amy/noise`,
      () => Holdfast.withVault(),
    )
    s3 = await startHost({ kind: 's3' })
    const place = labPlace({ endpoint: `http://${s3.ip}:7480` })
    await makeBucket(place)
    proxy = await countingProxy({ host: s3.ip, port: 7480 })
    const endpoint = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    const bucket = ['--endpoint', endpoint, '--path-style', '--bucket', place.bucket, '--key-id', 'LABKEY']
    const add = ['destination', 'add', 's3', 'cloud', ...bucket, '--secret-stdin', '--no-encrypt']
    expect((await lab.holdfast.run(add, { input: 'labsecret\n' })).code).toBe(0)
    const disk = join(lab.holdfast.folder, 'disk')
    await lab.holdfast.json(['destination', 'add', 'local', 'disk', '--path', disk])
  })
  afterAll(async () => {
    proxy.close()
    for (const one of [lab, s3]) await one[Symbol.asyncDispose]()
  })

  const receivedDuring = async (args: readonly string[]) => {
    received = 0
    expect((await lab.holdfast.run(args)).code).toBe(0)
    return received
  }
  const proofs = async () => {
    const { backups } = (await lab.holdfast.json(['backups', 'lab/amy'])) as { backups: Backup[] }
    return Object.fromEntries(
      (backups[0]?.copies ?? []).map(({ destination, verified }) => [destination, verified?.by]),
    )
  }

  test('a copy that its checksums prove is not read while another copy of the run is', async () => {
    const bytes = await receivedDuring(['backup', 'lab/amy', '--to', 'disk', '--to', 'cloud'])
    expect(bytes).toBeLessThan(megabytes * 100_000)
    expect(await proofs()).toEqual({ disk: 'read-back', cloud: 'checksums' })
  })

  test('asked for, it is read whole', async () => {
    const bytes = await receivedDuring(['verify', 'lab/amy@latest', '--dest', 'cloud'])
    expect(bytes).toBeGreaterThan(megabytes * 2 ** 20)
    expect(await proofs()).toEqual({ disk: 'read-back', cloud: 'read-back' })
  })
})
