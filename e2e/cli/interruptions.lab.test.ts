import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startHost, type LabHost } from '../lab/lab.ts'
import { Holdfast, type Running } from './holdfast.ts'

interface Listed {
  readonly backups: { readonly id: string; readonly result: string }[]
  readonly unfinished: { readonly key: string }[]
}
interface JobRow {
  readonly id: string
  readonly state: string
  readonly error: { readonly code: string } | null
}

let host: LabHost
let holdfast: Holdfast

async function listed(): Promise<Listed> {
  return (await holdfast.json(['backups'])) as Listed
}

async function jobs(): Promise<readonly JobRow[]> {
  return ((await holdfast.json(['jobs'])) as { jobs: JobRow[] }).jobs
}

/** Files below the backup folder that are not the destination's own. */
async function stored(): Promise<string[]> {
  const names = await readdir(holdfast.backups, { recursive: true }).catch(() => [])
  return names.filter((name) => /alice_/.test(name)).sort()
}

/** Starts a backup and resolves when a job event shows that it is in this phase. */
async function backupUntil(phase: RegExp): Promise<Running> {
  const running = holdfast.start(['--json', 'backup', 'lab/alice'])
  await new Promise<void>((resolve, reject) => {
    let seen = ''
    running.child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      if (phase.test(seen)) resolve()
    })
    running.child.once('close', () => reject(new Error(`It ended before: ${seen.slice(-2000)}`)))
  })
  return running
}

/** Processes that a run of ours left on the server. */
async function residue(): Promise<string> {
  const { stdout } = await host.exec(
    'grep -slF HF_RUN= /proc/[0-9]*/environ; ls -d /run/holdfast-* 2>/dev/null; true',
  )
  return stdout
}

async function cleanServer(): Promise<string> {
  for (let tries = 0; tries < 50; tries += 1) {
    if ((await residue()) === '') return ''
    await sleep(200)
  }
  return residue()
}

beforeAll(async () => {
  host = await startHost({ layer: 'seeded', without: ['cron'] })
  holdfast = await Holdfast.create()
  const [key] = await host.hostKeys()
  const add = ['server', 'add', 'lab', '--host', host.ip, '--user', 'root', '--key', host.key]
  expect((await holdfast.run([...add, '--accept-host-key', key!.fingerprint])).code).toBe(0)
  await host.exec('rm -f /home/alice/data/sparse.img')
})

beforeEach(async () => {
  await host.slow('off')
})

afterAll(async () => {
  await holdfast[Symbol.asyncDispose]()
  await host[Symbol.asyncDispose]()
})

describe('a backup that is interrupted', () => {
  test('by kill -9 while it streams leaves the truth, and nothing behind on either side', async () => {
    await host.slow('20mbit')
    const running = await backupUntil(/Reading files/)
    await sleep(500)
    running.child.kill('SIGKILL')
    await running.ended
    expect((await stored()).some((name) => name.includes('.partial'))).toBe(true)
    const [job] = await jobs()
    expect([job?.state, job?.error?.code]).toEqual(['failed', 'interrupted'])
    expect(await listed()).toEqual({ backups: [], unfinished: [], unreadable: [] })
    expect(await stored()).toEqual([])
    expect(await cleanServer()).toBe('')
  })

  test('by Ctrl-C is cancelled within seconds, with exit code 130 and nothing kept', async () => {
    await host.slow('20mbit')
    const running = await backupUntil(/Reading files/)
    const began = performance.now()
    running.child.kill('SIGINT')
    const { code } = await running.ended
    expect(code).toBe(130)
    expect(performance.now() - began).toBeLessThan(30_000)
    expect((await jobs())[0]?.state).toBe('cancelled')
    expect(await stored()).toEqual([])
    expect(await cleanServer()).toBe('')
  })

  test(
    'can be cancelled from another process, which speaks through the first',
    { tags: ['thorough'] },
    async () => {
      await host.slow('20mbit')
      const running = await backupUntil(/Reading files/)
      const [job] = await jobs()
      expect(job?.state).toBe('running')
      expect((await holdfast.run(['cancel', job!.id])).code).toBe(0)
      expect((await running.ended).code).toBe(130)
      expect(await stored()).toEqual([])
    },
  )

  test(
    'by the death of its SSH session fails and says so, and the next one is good',
    { tags: ['thorough'] },
    async () => {
      await host.slow('20mbit')
      const running = await backupUntil(/Reading files/)
      await host.exec("pkill -KILL -f '[s]shd: root@'; true")
      const { code, stdout } = await running.ended
      expect(code).toBe(10)
      expect(stdout).toContain('"connection-lost"')
      expect(await stored()).toEqual([])
      await host.slow('off')
      expect((await holdfast.run(['backup', 'lab/alice', '--scope', 'files'])).code).toBe(0)
      expect((await listed()).backups.length).toBe(1)
    },
  )

  test(
    'after its archive was published, before its manifest, is not a backup and is cleaned away',
    { tags: ['thorough'] },
    async () => {
      const before = await stored()
      const running = await backupUntil(/Verifying the copy/)
      running.child.kill('SIGKILL')
      await running.ended
      expect((await listed()).backups.length).toBe(1)
      expect(await stored()).toEqual(before)
    },
  )
})

describe('two processes on one data folder', () => {
  test(
    'the first one ends only when what the second started through it has ended',
    { tags: ['thorough'] },
    async () => {
      const first = holdfast.start(['sources', 'lab'])
      await sleep(700)
      const second = await holdfast.run(['backup', 'lab/alice', '--scope', 'databases'])
      expect([(await first.ended).code, second.code, second.stderr]).toEqual([
        0,
        0,
        expect.not.stringContaining('holdfast:'),
      ])
    },
  )

  test('a process whose owner is killed says so, with the exit code of a lost connection', async () => {
    await host.slow('20mbit')
    const owner = await backupUntil(/Reading files/)
    const follower = holdfast.start(['--json', 'backup', 'lab/erin', '--scope', 'files'])
    await new Promise((resolve) => follower.child.stdout.once('data', resolve))
    owner.child.kill('SIGKILL')
    await owner.ended
    const { code, stdout, stderr } = await follower.ended
    expect([code, stderr]).toEqual([10, ''])
    expect(stdout).toContain('"code":"connection-lost"')
  })
})

describe('a folder of backups and a lost catalog', () => {
  test('a data folder that was deleted finds them all again', async () => {
    await holdfast.json(['backup', 'lab/erin', '--scope', 'files'])
    await using other = await Holdfast.create()
    await other.run(['destination', 'add', 'local', 'again', '--path', holdfast.backups])
    const { backups } = (await other.json(['backups'])) as Listed
    expect(backups.map(({ id }) => id)).toEqual((await listed()).backups.map(({ id }) => id))
    const found = `${backups.length} backup${backups.length === 1 ? '' : 's'} found.`
    expect([backups.length > 0, (await other.run(['catalog', 'rebuild'])).stdout]).toEqual([
      true,
      expect.stringContaining(found),
    ])
    expect(await readdir(join(holdfast.folder, 'data'))).toContain('servers.json')
  })
})
