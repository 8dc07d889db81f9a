import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Backup } from '../../shared/model/backup.ts'
import { startHost, type LabHost } from '../lab/lab.ts'
import { labPlace, makeBucket } from '../lab/s3-place.ts'
import { Holdfast } from './holdfast.ts'

const missing = inject('s3Misses')

describe.skipIf(missing !== null)(`destinations on the command line ${missing ?? ''}`, () => {
  let source: LabHost
  let target: LabHost
  let s3: LabHost
  let holdfast: Holdfast
  let bucket: readonly string[]

  beforeAll(async () => {
    const small = { without: ['mariadb', 'postgres', 'dovecot', 'cron'] } as const
    source = await startHost({ ...small, layer: 'seeded' })
    target = await startHost({ ...small, layer: 'sftp-target' })
    s3 = await startHost({ kind: 's3' })
    const place = labPlace({ endpoint: `http://${s3.ip}:7480` })
    await makeBucket(place)
    bucket = [
      '--endpoint',
      `http://${s3.ip}:7480`,
      '--path-style',
      '--bucket',
      place.bucket,
      '--prefix',
      'hf',
    ]
    holdfast = await Holdfast.withVault()
    const [key] = await source.hostKeys()
    const login = ['--host', source.ip, '--user', 'root', '--key', source.key]
    await holdfast.json(['server', 'add', 'lab', ...login, '--accept-host-key', key!.fingerprint])
  })
  afterAll(async () => {
    for (const one of [holdfast, source, target, s3]) await one[Symbol.asyncDispose]()
  })

  const addCloud = (who: Holdfast, secret: string) =>
    who.run(
      [
        'destination',
        'add',
        's3',
        'cloud',
        ...bucket,
        '--key-id',
        'LABKEY',
        '--secret-stdin',
        '--no-encrypt',
      ],
      { input: `${secret}\n` },
    )
  const addOffsite = (...more: string[]) => {
    const login = [
      '--host',
      target.ip,
      '--user',
      'backup1',
      '--key',
      target.key,
      '--folder',
      'upload/holdfast',
    ]
    return holdfast.run(['destination', 'add', 'sftp', 'offsite', ...login, ...more])
  }
  const carol = async (who: Holdfast = holdfast) =>
    ((await who.json(['backups', 'lab/carol'])) as { backups: Backup[] }).backups
  const places = (backup: Backup | undefined) => backup?.copies.map(({ destination }) => destination)

  test('an SFTP server is added with a host key that was compared, never before', async () => {
    const unknown = await addOffsite()
    expect(unknown.code).toBe(8)
    const [key] = await target.hostKeys()
    expect(unknown.stderr).toContain(key!.fingerprint)
    const added = await addOffsite('--accept-host-key', key!.fingerprint)
    expect([added.code, added.stdout]).toEqual([
      0,
      `Added offsite: backup1@${target.ip}:upload/holdfast, new copies not encrypted\n`,
    ])
  })

  test('a bucket is added with a key that works, and not with another', async () => {
    const refused = await addCloud(holdfast, 'wrong')
    expect([refused.code, refused.stdout]).toEqual([7, ''])
    expect(refused.stderr).toMatch(/secret key/)
    expect((await addCloud(holdfast, 'labsecret')).code).toBe(0)
    expect((await addCloud(holdfast, 'labsecret')).code).toBe(5)
    const stored = await readFile(join(holdfast.folder, 'data/destinations.json'), 'utf8')
    expect(stored).not.toContain('labsecret')
    expect(stored).toContain('"conditionalWrites": true')
  })

  test.each(['offsite', 'cloud'])('%s is tested, and nothing of the test stays', async (name) => {
    const { code, stdout } = await holdfast.run(['destination', 'test', name])
    expect([code, stdout]).toEqual([0, expect.not.stringContaining('FAILED')])
    expect(stdout.split('\n').length).toBeGreaterThan(9)
    if (name === 'cloud') expect(stdout).toContain('The endpoint is http')
    expect(await holdfast.json(['backups', '--dest', name])).toMatchObject({ unfinished: [], unreadable: [] })
  })

  test('one backup goes to several at once, verified at each, with a README beside it', async () => {
    const home = join(holdfast.folder, 'disk')
    await holdfast.json(['destination', 'add', 'local', 'disk', '--path', home])
    const { code, stderr } = await holdfast.run([
      ...['backup', 'lab/carol', '--scope', 'files', '--to', 'disk', '--to', 'offsite', '--to', 'cloud'],
    ])
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')])
    const [backup] = await carol()
    expect(places(backup)?.toSorted()).toEqual(['cloud', 'disk', 'offsite'])
    expect(new Set(backup!.copies.map(({ key }) => key)).size).toBe(1)
    expect(backup!.copies.every(({ verified }) => verified?.ok)).toBe(true)
    const readme = await target.exec('cat /srv/sftp/backup1/upload/holdfast/README.txt')
    expect(readme.stdout).toBe(await readFile(join(home, 'README.txt'), 'utf8'))
  })

  test('a new computer sees and opens everything from the bucket alone', { tags: ['thorough'] }, async () => {
    await using laptop = await Holdfast.withVault()
    expect((await addCloud(laptop, 'labsecret')).code).toBe(0)
    const [backup] = await carol(laptop)
    expect(places(backup)).toEqual(['cloud'])
    await laptop.json(['extract', 'lab/carol@latest', 'files', '--into', join(laptop.folder, 'out')])
    const there = await readFile(join(laptop.folder, 'out/files/.bashrc'))
    expect(there.equals(Buffer.from((await source.exec('cat /home/carol/.bashrc')).stdout))).toBe(true)
  })

  test(
    'a copy is removed and made again from another, and the last one stays',
    { tags: ['thorough'] },
    async () => {
      const dest = (name: string) => ['--dest', name, '--yes']
      await holdfast.json(['copy', 'remove', 'lab/carol@latest', ...dest('offsite')])
      expect(places((await carol())[0])).toEqual(['disk', 'cloud'])
      await holdfast.json(['pin', 'lab/carol@latest'])
      expect((await holdfast.run(['copy', 'remove', 'lab/carol@latest', ...dest('disk')])).code).toBe(5)
      await source.stop()
      const made = await holdfast.run(['copy', 'add', 'lab/carol@latest', '--to', 'offsite'])
      expect([made.code, made.stderr]).toEqual([0, expect.not.stringContaining('error')])
      await source.start()
      const [backup] = await carol()
      expect([...(places(backup) ?? [])].sort()).toEqual(['cloud', 'disk', 'offsite'])
      const copy = backup!.copies.find(({ destination }) => destination === 'offsite')
      // The name of the copy that was deleted is not used again.
      expect(copy).toMatchObject({ pinned: true, verified: { level: 'deep', ok: true } })
      expect(copy!.name).toMatch(/_2\.tar\.gz$/)
      expect((await holdfast.run(['verify', 'lab/carol@latest', '--dest', 'offsite'])).code).toBe(0)
      expect((await holdfast.run(['copy', 'add', 'lab/carol@latest', '--to', 'offsite'])).code).toBe(5)
      await holdfast.json(['unpin', 'lab/carol@latest'])
      for (const name of ['disk', 'offsite']) {
        await holdfast.json(['copy', 'remove', 'lab/carol@latest', ...dest(name)])
      }
      expect((await holdfast.run(['copy', 'remove', 'lab/carol@latest', ...dest('cloud')])).code).toBe(5)
    },
  )

  test(
    'a destination that is away spoils no other: its copy is named as missing',
    { tags: ['thorough'] },
    async () => {
      await target.link('down')
      const to = ['--to', 'offsite', '--to', 'cloud']
      const { code, stdout } = await holdfast.run(['backup', 'lab/carol', '--scope', 'files', ...to])
      await target.link('up')
      expect([code, stdout]).toEqual([3, expect.stringContaining('offsite: NO COPY.')])
      expect(places((await carol())[0])).toEqual(['cloud'])
    },
  )

  test(
    'a bucket is encrypted unless somebody says otherwise, which takes a recovery key',
    { tags: ['thorough'] },
    async () => {
      const add = [
        ...['destination', 'add', 's3', 'sealed', ...bucket.slice(0, -1), 'sealed'],
        ...['--key-id', 'LABKEY', '--secret-stdin'],
      ]
      const input = 'labsecret\n'
      const refused = await holdfast.run(add, { input })
      expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('recovery-key create')])
      const { stdout } = await holdfast.run(['recovery-key', 'create'])
      const [, key = ''] = /^ {4}(AGE-SECRET-KEY-1\w{58})$/m.exec(stdout) ?? []
      await holdfast.run(['recovery-key', 'confirm'], { input: `${key}\n` })
      expect((await holdfast.run(add, { input })).code).toBe(0)
      await holdfast.json(['copy', 'add', 'lab/carol@latest', '--to', 'sealed'])
      await using laptop = await Holdfast.withVault()
      const both = `${input}${key}\n`
      expect((await laptop.run([...add, '--recovery-key'], { input: both })).code).toBe(0)
      const [backup] = await carol(laptop)
      expect(backup?.copies).toMatchObject([
        { destination: 'sealed', encrypted: true, verified: { ok: true } },
      ])
      const read = await laptop.run(['cat', 'lab/carol@latest', 'files/.bashrc'])
      expect(read.stdout).toBe((await source.exec('cat /home/carol/.bashrc')).stdout)
    },
  )

  test.each([
    [['s3', 'x', '--bucket', 'b'], '--key-id, --secret-stdin'],
    [['sftp', 'x', '--host', 'h', '--user', 'u', '--agent', '--folder', 'f', '--bucket', 'b'], '--bucket'],
    [['local', 'x', '--path', '/x', '--rate', '1'], '--rate'],
  ])('what is missing or too much is said: %j', async (args, named) => {
    const { code, stderr } = await holdfast.run(['destination', 'add', ...args])
    expect([code, stderr]).toEqual([2, expect.stringContaining(named)])
  })
})
