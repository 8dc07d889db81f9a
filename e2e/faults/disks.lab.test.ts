import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rename, rm, statfs, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { mountSmallDisk, type SmallDisk } from '../../electron/core/store/testing/small-disk.ts'
import type { QueuedCopy } from '../../shared/model/backup.ts'
import { LabProduct } from './lab-product.ts'

const call = promisify(execFile)
/** Bytes of the archive of one of the accounts, about. */
const archive = 4_200_000
const accounts = ['amy', 'ben', 'cleo', 'dora', 'eve']
let lab: LabProduct
let disk: SmallDisk

beforeAll(async () => {
  lab = await LabProduct.start(
    { without: ['mariadb', 'postgres', 'dovecot', 'cron'] },
    accounts
      .map(
        (name) =>
          `useradd -m ${name}; head -c 4M /dev/urandom >/home/${name}/noise; chown ${name}: /home/${name}/noise`,
      )
      .join('\n'),
  )
  await lab.holdfast.json(['destination', 'add', 'local', 'home', '--path', lab.holdfast.backups])
})
beforeEach(async () => {
  await lab.host.slow('off')
  disk = await mountSmallDisk({ megabytes: 16 })
  await lab.holdfast.json(['destination', 'add', 'local', 'usb', '--path', disk.path])
})
afterEach(async () => {
  await lab.holdfast.run(['destination', 'remove', 'usb'])
  await disk[Symbol.asyncDispose]()
})
afterAll(() => lab[Symbol.asyncDispose]())

/** Files of a source below a folder, half-done ones included. */
async function filesOf(source: string, folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  return names.filter((name) => name.includes(`${source}_`)).sort()
}

async function fill(path: string, leave: number): Promise<void> {
  const { bavail, bsize } = await statfs(path)
  await writeFile(join(path, 'nämë'), Buffer.alloc(Math.max(0, bavail * bsize - leave)))
}

/** As if the pause before the next try was over. */
async function copiesAreDue(): Promise<void> {
  const path = join(lab.holdfast.env['HOLDFAST_DATA']!, 'copy-queue.json')
  const text = await readFile(path, 'utf8')
  await writeFile(path, text.replace(/("nextAt":\s*)"[^"]+"/g, '$1"2026-01-01T00:00:00.000Z"'))
}

const backup = (source: string, ...to: string[]) =>
  lab.holdfast.run(['backup', `lab/${source}`, ...to.flatMap((name) => ['--to', name])])

describe('a destination on a disk', () => {
  test.each([1, 50, 99])(
    'that is full at %d percent of the archive fails the backup, keeps nothing of it and every earlier one',
    { tags: ['thorough'] },
    async (percent) => {
      expect((await backup('ben', 'usb')).code).toBe(0)
      const before = await filesOf('ben', disk.path)
      await fill(disk.path, Math.floor((archive * percent) / 100))
      const { code, stdout } = await backup('amy', 'usb')
      expect([code, stdout]).toEqual([12, expect.stringContaining('there is no space left')])
      expect(await filesOf('amy', disk.path)).toEqual([])
      expect(await filesOf('ben', disk.path)).toEqual(before)
      expect((await lab.holdfast.run(['verify', 'lab/ben@latest', '--dest', 'usb'])).code).toBe(0)
    },
  )

  test('that is full costs only its own copy', async () => {
    await fill(disk.path, archive / 2)
    const { code, stdout, stderr } = await backup('amy', 'usb', 'home')
    expect([code, stdout]).toEqual([
      3,
      expect.stringMatching(/amy_.*partial and verified[^]*usb: NO COPY\. .*no space/),
    ])
    expect(stderr).toContain('No copy at usb')
    expect(await filesOf('amy', disk.path)).toEqual([])
    const cancel = ['copy', 'cancel', 'lab/amy@latest', '--dest', 'usb']
    expect((await lab.holdfast.run(['copy', 'list'])).stdout).toContain('there is no space left')
    expect((await lab.holdfast.run(cancel)).code).toBe(0)
    expect((await lab.holdfast.run(cancel)).code).toBe(4)
    expect((await lab.holdfast.run(['verify', 'lab/amy@latest'])).code).toBe(0)
  })

  test('that was away gets its copy when it is back, from the one that is safe, the server not asked', async () => {
    const stick = join(lab.holdfast.folder, 'stick')
    await lab.holdfast.json(['destination', 'add', 'local', 'stick', '--path', stick])
    await rename(stick, `${stick}.away`)
    expect((await backup('amy', 'home', 'stick')).code).toBe(3)
    await lab.host.link('down')
    try {
      await copiesAreDue()
      const away = await lab.holdfast.run(['schedule', 'run-due'])
      expect([away.code, away.stdout]).toEqual([3, expect.stringContaining('to stick: STILL MISSING.')])
      const { copies } = (await lab.holdfast.json(['copy', 'list'])) as { copies: QueuedCopy[] }
      expect(copies).toMatchObject([{ destination: 'stick', code: 'unreachable', attempts: 1 }])
      expect((await lab.holdfast.run(['backups', 'lab/amy'])).stdout).toContain('home, stick (MISSING)')
      await rename(`${stick}.away`, stick)
      await copiesAreDue()
      const made = await lab.holdfast.run(['schedule', 'run-due'])
      expect([made.code, made.stdout]).toEqual([0, expect.stringContaining('to stick: copied and verified')])
    } finally {
      await lab.host.link('up')
    }
    expect((await filesOf('amy', stick)).length).toBe(3)
    await lab.holdfast.run(['destination', 'remove', 'stick'])
  })

  test(
    'too small for a backup like the last one refuses it before anything is read',
    { tags: ['thorough'] },
    async () => {
      expect((await backup('cleo', 'usb')).code).toBe(0)
      const before = await filesOf('cleo', disk.path)
      const { code, stdout } = await lab.holdfast.run(['--json', 'backup', 'lab/cleo', '--to', 'usb'])
      expect([code, stdout]).toEqual([12, expect.stringContaining('This backup needs about')])
      expect(stdout).not.toContain('Reading')
      expect(await filesOf('cleo', disk.path)).toEqual(before)
      const both = await backup('cleo', 'usb', 'home')
      expect([both.code, both.stdout]).toEqual([3, expect.stringContaining('usb: NO COPY.')])
    },
  )

  test('that is read-only is not written to, and says so', { tags: ['thorough'] }, async () => {
    await disk.remount('ro')
    const { code, stdout } = await backup('amy', 'usb')
    expect([code, stdout]).toEqual([9, expect.stringContaining('writing is not allowed')])
    expect(await filesOf('amy', disk.path)).toEqual([])
  })

  test('that is unplugged in the middle fails the backup, and nothing lands below its mount point', async () => {
    await lab.host.slow('20mbit')
    const running = await lab.backupUntil(/Reading files/, 'lab/dora', '--to', 'usb')
    await disk.unplug()
    const { code, stdout } = await running.ended
    expect([code, stdout]).toEqual([10, expect.stringContaining('is its disk plugged in')])
    expect(await readdir(disk.path)).toEqual([])
  })

  test('that is not there when it starts spoils no other; the missing copy is named', async () => {
    await disk.unplug()
    const { code, stdout } = await lab.holdfast.run([
      '--json',
      'backup',
      'lab/ben',
      '--to',
      'usb',
      '--to',
      'home',
    ])
    const { result } = JSON.parse(stdout.trim().split('\n').at(-1)!) as {
      result: {
        job: { state: string; missingCopies: object[] }
        backup: { copies: { destination: string }[] }
      }[]
    }
    expect([code, result[0]?.job.state]).toEqual([3, 'partial'])
    expect(result[0]?.job.missingCopies).toMatchObject([{ destination: 'usb', code: 'unreachable' }])
    expect(result[0]?.backup.copies.map(({ destination }) => destination)).toEqual(['home'])
    expect(await readdir(disk.path)).toEqual([])
  })

  test('that is not there and the only one fails the backup before the server is asked', async () => {
    await disk.unplug()
    await lab.host.link('down')
    try {
      const { code, stdout } = await backup('amy', 'usb')
      expect([code, stdout]).toEqual([10, expect.stringContaining('is its disk plugged in')])
    } finally {
      await lab.host.link('up')
    }
  })

  test(
    'that comes back is freed of what a run had begun there, at the next start',
    { tags: ['thorough'] },
    async () => {
      const [folder, plug] = [join(lab.holdfast.folder, 'disk'), join(lab.holdfast.folder, 'plug')]
      for (const path of [folder, plug]) await mkdir(path)
      await call('mount', ['--bind', folder, plug])
      await lab.holdfast.json(['destination', 'add', 'local', 'stick', '--path', plug])
      await lab.host.slow('20mbit')
      const running = await lab.backupUntil(/Reading files/, 'lab/amy', '--to', 'stick', '--to', 'home')
      await call('umount', ['-l', plug])
      expect((await running.ended).code).toBe(3)
      expect(await readdir(plug)).toEqual([])
      expect((await filesOf('amy', folder)).map((name) => name.split('.').at(-1))).toEqual(['partial'])
      await call('mount', ['--bind', folder, plug])
      const { unfinished } = (await lab.holdfast.json(['backups'])) as { unfinished: object[] }
      await call('umount', [plug])
      await lab.holdfast.json(['destination', 'remove', 'stick'])
      expect([unfinished, await filesOf('amy', folder)]).toEqual([[], []])
    },
  )
})

describe('what another computer left at a destination', () => {
  test(
    'stays for seven days, and is removed by the next start or catalog rebuild',
    { tags: ['thorough'] },
    async () => {
      expect((await backup('eve', 'usb')).code).toBe(0)
      const made = await filesOf('eve', disk.path)
      const folder = join(disk.path, made[0]!, '..')
      const [young, old, older] = [
        'eve_2026-01-01.partial',
        'eve_2026-01-02.partial',
        'eve_2026-01-03.partial',
      ]
      const leave = async (name: string, days: number) => {
        await writeFile(join(folder, name), 'half')
        const at = new Date(Date.now() - days * 86_400_000)
        await utimes(join(folder, name), at, at)
      }
      const left = async () => (await filesOf('eve', disk.path)).filter((name) => name.endsWith('.partial'))
      await leave(young, 6.9)
      await leave(old, 7.1)
      const { unfinished } = (await lab.holdfast.json(['backups'])) as { unfinished: { key: string }[] }
      expect(unfinished.map(({ key }) => key.split('/').at(-1))).toEqual([young])
      expect((await left()).map((name) => name.split('/').at(-1))).toEqual([young])
      await leave(older, 400)
      const rebuilt = await lab.holdfast.run(['catalog', 'rebuild'])
      expect([rebuilt.code, (await left()).length]).toEqual([0, 1])
      await rm(join(folder, young))
      expect(await filesOf('eve', disk.path)).toEqual(made)
    },
  )
})

test(
  'a data folder on a full disk still shows and verifies backups, and starts none',
  { tags: ['thorough'] },
  async () => {
    expect((await backup('ben', 'home')).code).toBe(0)
    const data = lab.holdfast.env['HOLDFAST_DATA']!
    await using small = await mountSmallDisk({ megabytes: 4 })
    await call('cp', ['-a', `${data}/.`, small.path])
    await fill(small.path, 0)
    lab.holdfast.env['HOLDFAST_DATA'] = small.path
    try {
      expect((await lab.holdfast.run(['backups'])).stdout).toContain('ben_')
      expect((await lab.holdfast.run(['show', 'lab/ben@latest'])).code).toBe(0)
      const started = await backup('ben', 'home')
      expect([started.code, started.stderr]).toEqual([12, expect.stringContaining('there is no space left')])
    } finally {
      lab.holdfast.env['HOLDFAST_DATA'] = data
    }
  },
)

test(
  'a server whose /run, /tmp and /dev/shm are full gives a whole backup, for nothing is put there',
  { tags: ['thorough'] },
  async () => {
    await using full = await LabProduct.start(
      { without: ['mariadb', 'postgres', 'dovecot', 'cron'] },
      'useradd -m amy; head -c 1M /dev/urandom >/home/amy/noise; chown amy /home/amy/noise',
    )
    const folders = '/run /tmp /dev/shm'
    await full.host.exec(`set -e; for d in ${folders}; do
    mountpoint -q $d || mount -t tmpfs tmpfs $d
    mount -o remount,size=1m $d
    head -c 2M /dev/zero >$d/filling 2>/dev/null || :
  done`)
    const { stdout } = await full.host.exec(
      `for d in ${folders}; do head -c 64K /dev/zero >$d/more 2>/dev/null || echo full; done`,
    )
    expect(stdout).toBe('full\nfull\nfull\n')
    expect((await full.holdfast.run(['backup', 'lab/amy'])).code).toBe(0)
    expect(await full.leftovers()).toEqual([])
  },
)
