import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openClient } from '../../electron/headless/open-client.ts'
import { startHost, type LabHost } from '../lab/lab.ts'
import { Holdfast } from './holdfast.ts'

let host: LabHost
let holdfast: Holdfast
let folder: string

beforeAll(async () => {
  host = await startHost({ layer: 'seeded' })
  holdfast = await Holdfast.create()
  folder = await mkdtemp(join(tmpdir(), 'hf-schedule-'))
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
  expect((await holdfast.run(['server', 'add', 'lab', ...login])).code).toBe(0)
  expect((await holdfast.run(['destination', 'add', 'local', 'usb', '--path', folder])).code).toBe(0)
})

afterAll(async () => {
  await holdfast[Symbol.asyncDispose]()
  await host[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

describe('a schedule of every account', () => {
  test('is refused with a retention that keeps nothing', async () => {
    const add = ['schedule', 'add', 'nightly', '--source', 'lab/*', '--at', 'daily@02:00', '--to', 'usb']
    const refused = await holdfast.run([...add, '--keep', 'last=0'])
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('Keep at least 1')])
    const added = await holdfast.run([...add, '--zone', 'Europe/Madrid', '--keep', 'last=2,weekly=2'])
    expect(added.stdout).toContain('every account of lab')
  })

  test('backs all of them up, and they are protected', async () => {
    expect((await holdfast.run(['schedule', 'run', 'nightly'])).code).toBe(0)
    const shown = (await holdfast.json(['schedule', 'show', 'nightly'])) as {
      runs: { state: string; sources: { source: string; state: string }[] }[]
    }
    const [run] = shown.runs
    expect(run?.sources.length).toBeGreaterThan(0)
    const { backups } = (await holdfast.json(['backups'])) as {
      backups: { source: string; trigger: string; schedule: { name: string } | null }[]
    }
    expect(backups.map(({ source }) => source).sort()).toEqual(
      run?.sources.map(({ source }) => source).sort(),
    )
    expect(new Set(backups.map(({ trigger, schedule }) => `${trigger} ${schedule?.name}`))).toEqual(
      new Set(['scheduled nightly']),
    )
    const { sources } = (await holdfast.json(['protection'])) as {
      sources: { source: string; protected: boolean }[]
    }
    const good = run?.sources.filter(({ state }) => state === 'succeeded').map(({ source }) => source)
    expect(
      sources
        .filter((each) => each.protected)
        .map(({ source }) => source)
        .sort(),
    ).toEqual(good?.sort())
  })

  test('says what its retention would do, by name', async () => {
    const { code, stdout } = await holdfast.run(['schedule', 'prune', 'nightly', '--dry-run'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('stays (newest-good, last, weekly)')])
    expect((await holdfast.run(['schedule', 'prune', 'nightly'])).code).toBe(0)
    expect((await holdfast.run(['schedule', 'run-due'])).stdout).toContain('Nothing was due.')
  })

  test('is caught up with by a host that stays, without a command', { tags: ['thorough'] }, async () => {
    await forgetTwoDays(holdfast)
    const { signal } = new AbortController()
    await using open = await openClient(holdfast.env['HOLDFAST_DATA']!, {
      ...{ signal, env: holdfast.env, stays: true },
    })
    await expect
      .poll(
        async () => {
          const { runs } = await open.client.call('schedules.show', { name: 'nightly' })
          return runs.find(({ manual }) => !manual)
        },
        { timeout: 120_000 },
      )
      .toMatchObject({ late: true, finishedAt: expect.any(String) })
  })
})

/** As if nothing had run for two days. */
async function forgetTwoDays({ env }: Holdfast): Promise<void> {
  const path = join(env['HOLDFAST_DATA']!, 'schedule-runs.json')
  const before = new Date(Date.now() - 48 * 3_600_000).toISOString()
  const text = await readFile(path, 'utf8')
  const changed = text.replace(/("accounted":\s*\{\s*"[^"]+":\s*)"[^"]+"/, `$1"${before}"`)
  expect(changed).not.toBe(text)
  await writeFile(path, changed)
}
