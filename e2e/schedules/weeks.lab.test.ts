import { readFile, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { Backup } from '../../shared/model/backup.ts'
import type { ScheduleRun } from '../../shared/model/schedule-run.ts'
import type { PrunePlan } from '../../shared/model/prune.ts'
import { mountSmallDisk, type SmallDisk } from '../../electron/core/store/testing/small-disk.ts'
import { Holdfast, type Ended } from '../cli/holdfast.ts'
import { startHost, type LabHost } from '../lab/lab.ts'
import { labPlace, makeBucket } from '../lab/s3-place.ts'

const missing = inject('s3Misses')
const accounts = ['amy', 'ben']

/** What a new user does in their first weeks, on the command line: nothing is there that a command did not make. */
describe.skipIf(missing !== null)(
  `weeks of a schedule to this computer and S3 ${missing ?? ''}`,
  { tags: ['thorough'] },
  () => {
    let server: LabHost
    let target: LabHost
    let s3: LabHost
    let disk: SmallDisk
    let holdfast: Holdfast
    let bucket: readonly string[]
    let recoveryKey = ''

    beforeAll(async () => {
      const small = { without: ['mariadb', 'postgres', 'dovecot', 'cron'] } as const
      server = await startHost(small)
      target = await startHost({ ...small, layer: 'sftp-target' })
      s3 = await startHost({ kind: 's3' })
      disk = await mountSmallDisk({ megabytes: 1400 })
      holdfast = await Holdfast.withVault()
      await server.exec(
        `rm -rf /usr/sbin/mariadbd /usr/sbin/mysqld /var/lib/mysql/mysql /usr/lib/postgresql /var/lib/postgresql /usr/bin/doveadm
        ${accounts.map((name) => `useradd -m -s /bin/bash ${name}; head -c 1M /dev/urandom >/home/${name}/noise; chown ${name}: /home/${name}/noise`).join('; ')}`,
      )
      const place = labPlace({ endpoint: `http://${s3.ip}:7480` })
      await makeBucket(place)
      bucket = [
        '--endpoint',
        place.endpoint ?? '',
        '--path-style',
        '--bucket',
        place.bucket,
        '--key-id',
        'LABKEY',
      ]
    })
    afterAll(async () => {
      for (const one of [holdfast, server, target, s3, disk]) await one[Symbol.asyncDispose]()
    })

    const addServer = async (of: Holdfast, name: string, host: LabHost) => {
      const [key] = await host.hostKeys()
      const login = ['--host', host.ip, '--user', 'root', '--key', host.key]
      await of.json(['server', 'add', name, ...login, '--accept-host-key', key?.fingerprint ?? ''])
    }
    const addCloud = (of: Holdfast) =>
      of.run(['destination', 'add', 's3', 'cloud', ...bucket, '--secret-stdin'], { input: 'labsecret\n' })
    const backups = async (of = holdfast) =>
      ((await of.json(['backups'])) as { backups: readonly Backup[] }).backups
    const copies = async (destination: string) =>
      (await backups()).filter((each) => each.copies.some((copy) => copy.destination === destination)).length

    const expectEnd = async (running: Promise<Ended>, code: number) => {
      const ended = await running
      expect([ended.code, ended.stdout, ended.stderr]).toEqual([code, expect.any(String), expect.any(String)])
    }

    /** The next day: the schedule is due once more. */
    async function nextDay() {
      const path = join(holdfast.data, 'schedule-runs.json')
      const before = new Date(Date.now() - 25 * 3_600_000).toISOString()
      const text = await readFile(path, 'utf8')
      const changed = text.replace(/("accounted":\s*\{\s*"[^"]+":\s*)"[^"]+"/, `$1"${before}"`)
      expect(changed).not.toBe(text)
      await writeFile(path, changed)
      return holdfast.run(['schedule', 'run-due'])
    }

    const lastRun = async () =>
      ((await holdfast.json(['schedule', 'show', 'nightly'])) as { runs: readonly ScheduleRun[] }).runs[0]

    /** As if the pause before the next try was over. */
    async function copiesAreDue() {
      const path = join(holdfast.data, 'copy-queue.json')
      const text = await readFile(path, 'utf8')
      await writeFile(path, text.replace(/("nextAt":\s*)"[^"]+"/g, '$1"2026-01-01T00:00:00.000Z"'))
    }

    test('both places are added and tested, and everything is scheduled', async () => {
      await addServer(holdfast, 'web', server)
      const { sheet } = (await holdfast.json(['recovery-key', 'create'])) as { sheet: { text: string } }
      recoveryKey = /^ {4}(AGE-SECRET-KEY-1\w{58})$/m.exec(sheet.text)?.[1] ?? ''
      const typed = await holdfast.run(['recovery-key', 'confirm'], { input: `${recoveryKey}\n` })
      expect(typed.code).toBe(0)
      const [key] = await target.hostKeys()
      const login = ['--host', target.ip, '--user', 'backup1', '--key', target.key, '--folder', 'upload/hf']
      await holdfast.json([
        ...['destination', 'add', 'sftp', 'offsite', ...login],
        ...['--accept-host-key', key?.fingerprint ?? ''],
      ])
      expect((await addCloud(holdfast)).code).toBe(0)
      await holdfast.json(['destination', 'add', 'local', 'disk', '--path', disk.path])
      for (const name of ['offsite', 'cloud']) {
        const { code, stdout } = await holdfast.run(['destination', 'test', name])
        expect([code, stdout]).toEqual([0, expect.not.stringContaining('FAILED')])
      }
      const to = ['--to', 'disk', '--to', 'cloud', '--keep', 'last=7']
      const added = ['schedule', 'add', 'nightly', '--source', 'web/*', '--at', 'daily@02:00']
      expect((await holdfast.run([...added, '--zone', 'UTC', ...to])).code).toBe(0)
    })

    test('good days make two copies of each account, the one at S3 encrypted', async () => {
      await expectEnd(holdfast.run(['schedule', 'run', 'nightly']), 0)
      for (let day = 2; day <= 6; day += 1) await expectEnd(nextDay(), 0)
      expect([await copies('disk'), await copies('cloud')]).toEqual([12, 12])
      const kinds = (await backups()).flatMap(({ copies }) =>
        copies.map(({ destination, encrypted, verified }) => `${destination} ${encrypted} ${verified?.ok}`),
      )
      expect(new Set(kinds)).toEqual(new Set(['disk false true', 'cloud true true']))
    })

    test('a day without the cable to S3 is made up for', async () => {
      await s3.link('down')
      await expectEnd(nextDay(), 3)
      await s3.link('up')
      expect([await copies('disk'), await copies('cloud')]).toEqual([14, 12])
      await copiesAreDue()
      expect(await lastRun()).toMatchObject({
        state: 'partial',
        sources: [{ state: 'partial' }, { state: 'partial' }],
      })
      await expectEnd(holdfast.run(['schedule', 'run-due']), 0)
      expect(await copies('cloud')).toBe(14)
      expect(await lastRun()).toMatchObject({ state: 'done', error: null })
    })

    test('a day with a full disk costs no earlier backup', async () => {
      const { bavail, bsize } = await statfs(disk.path)
      await writeFile(join(disk.path, 'filler'), Buffer.alloc(bavail * bsize - 1_000_000_000))
      await expectEnd(nextDay(), 3)
      await rm(join(disk.path, 'filler'))
      await copiesAreDue()
      await holdfast.run(['schedule', 'run-due'])
      expect([await copies('disk'), await copies('cloud')]).toEqual([16, 16])
    })

    test('more days leave seven of each, and the others on their way out', async () => {
      for (let day = 9; day <= 10; day += 1) await expectEnd(nextDay(), 0)
      const { plans } = (await holdfast.json(['schedule', 'prune', 'nightly', '--dry-run'])) as {
        plans: readonly PrunePlan[]
      }
      const counted = plans.flatMap(({ destination, series }) =>
        series.map(({ source, steps, hindrance }) => {
          const staying = steps.filter(({ step }) => step === 'keep').length
          return [`${destination} ${source}`, staying, steps.length - staying, hindrance]
        }),
      )
      expect(counted.sort()).toEqual(
        ['cloud', 'disk'].flatMap((place) => accounts.map((name) => [`${place} ${name}`, 7, 3, null])),
      )
    })

    test('without its data folder and its disk, S3 alone brings an account back', async () => {
      const before = (await server.exec('sha256sum </home/amy/noise')).stdout
      await rm(holdfast.data, { recursive: true })
      await disk.unplug()
      await server.exec('rm /home/amy/noise')
      await using laptop = await Holdfast.withVault()
      await addServer(laptop, 'web', server)
      expect((await addCloud(laptop)).code).not.toBe(0)
      const imported = await laptop.run(['recovery-key', 'use'], { input: `${recoveryKey}\n` })
      expect([imported.code, imported.stderr]).toEqual([0, ''])
      expect((await addCloud(laptop)).code).toBe(0)
      expect((await backups(laptop)).length).toBeGreaterThanOrEqual(14)
      const restored = await laptop.run(['restore', 'web/amy@latest', '--to', 'web/amy', '--confirm', 'amy'])
      expect([restored.code, restored.stderr]).toEqual([0, expect.any(String)])
      expect((await server.exec('sha256sum </home/amy/noise')).stdout).toBe(before)
    })
  },
)
