import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Holdfast } from '../cli/holdfast.ts'
import { LabProduct } from './lab-product.ts'

/** How backups of one account by two computers at the same time ended. */
export interface TwinFigures {
  readonly rounds: number
  readonly succeeded: number
  /** Different ids and keys among what lies there, all in the one folder of the one server. */
  readonly distinct: number
  /** Archives that were read to their end and found good by a computer that made none of them. */
  readonly verified: number
}

/**
 * Two computers back up the same account to the same folder, at the same time, so many times, after a third one did:
 * so the server has its folder there.
 */
export async function backUpTwice(rounds: number): Promise<TwinFigures> {
  await using first = await LabProduct.start(
    { without: ['mariadb', 'postgres', 'dovecot', 'cron'] },
    '[ -s /etc/machine-id ] || echo 0123456789abcdef0123456789abcdef >/etc/machine-id; useradd -m amy; head -c 200K /dev/urandom >/home/amy/noise; chown amy /home/amy/noise',
  )
  await using second = await Holdfast.create()
  await using third = await Holdfast.create()
  const folder = await mkdtemp(join(tmpdir(), 'two-computers-'))
  try {
    const { host } = first
    const [key] = await host.hostKeys()
    const login = [
      '--host',
      host.ip,
      '--user',
      'root',
      '--key',
      host.key,
      '--accept-host-key',
      key!.fingerprint,
    ]
    await second.json(['server', 'add', 'lab', ...login])
    for (const each of [first.holdfast, second, third])
      await each.json(['destination', 'add', 'local', 'shared', '--path', folder])
    await third.json(['server', 'add', 'lab', ...login])
    await third.json(['backup', 'lab/amy', '--to', 'shared'])
    let succeeded = 0
    for (let round = 0; round < rounds; round += 1) {
      const ended = await Promise.all(
        [first.holdfast, second].map((each) => each.run(['backup', 'lab/amy', '--to', 'shared'])),
      )
      const bad = ended.find(({ code }) => code !== 0)
      if (bad) throw new Error(`A backup ended with ${String(bad.code)}: ${bad.stdout}${bad.stderr}`)
      succeeded += ended.length
    }
    const { backups } = (await third.json(['backups'])) as {
      backups: readonly {
        readonly id: string
        readonly result: string
        readonly copies: { readonly key: string }[]
      }[]
    }
    const [, ...good] = backups.filter(({ result }) => result === 'succeeded').reverse()
    const keys = new Set(good.flatMap(({ copies }) => copies.map(({ key }) => key)))
    const folders = new Set([...keys].map((each) => each.split('/')[0]))
    const ids = new Set(good.map(({ id }) => id))
    const distinct = folders.size === 1 ? Math.min(ids.size, keys.size) : 0
    let verified = 0
    for (const { id } of good) {
      const { code } = await third.run(['verify', id, '--level', 'deep', '--dest', 'shared'])
      if (code === 0) verified += 1
    }
    return { rounds, succeeded, distinct, verified }
  } finally {
    await rm(folder, { recursive: true })
  }
}
