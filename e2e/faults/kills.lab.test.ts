import { cp, lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killRepeatedly, startKillable } from './kill-at.ts'
import type { LabProduct } from './lab-product.ts'

let lab: LabProduct

beforeAll(async () => {
  lab = await startKillable(6, '40mbit')
})
afterAll(() => lab[Symbol.asyncDispose]())

test(
  'a backup that is killed at any of three random bytes is interrupted, and the one before stays good',
  { tags: ['thorough'] },
  async () => {
    const sizes = [0, Math.floor(Math.random() * 5e6), Math.floor(Math.random() * 5e6)]
    const figures = await killRepeatedly(lab, sizes)
    const good = { kills: 3, toldAsInterrupted: 3, filesLeftBehind: 0, verifiedAfterwards: 3 }
    expect([sizes, figures]).toEqual([sizes, good])
    expect((await lab.backups()).length).toBe(1)
    expect(await lab.leftovers()).toEqual([])
  },
)

test('a session that sshd ends without a word, by SIGTERM, fails the backup', async () => {
  const before = await lab.stored('amy')
  const running = await lab.backupUntil(/Reading files/, 'lab/amy')
  await lab.host.exec("pkill -TERM -f '[s]shd: root@'; true")
  const { code, stdout } = await running.ended
  expect([code, stdout]).toEqual([10, expect.stringContaining('"connection-lost"')])
  expect(await lab.stored('amy')).toEqual(before)
})

test(
  'a backup whose manifest is stored is found and good, though the data folder knows only its beginning',
  { tags: ['thorough'] },
  async () => {
    const data = join(lab.holdfast.folder, 'data')
    const earlier = join(lab.holdfast.folder, 'earlier')
    const running = await lab.backupUntil(/Verifying the copy/, 'lab/amy')
    running.child.kill('SIGSTOP')
    const copied = async (path: string) => !(await lstat(path)).isSocket()
    await cp(data, earlier, { recursive: true, filter: copied })
    running.child.kill('SIGCONT')
    expect((await running.ended).code).toBe(0)
    await rm(data, { recursive: true })
    await cp(earlier, data, { recursive: true })
    expect((await lab.newestJob())?.state).toBe('failed')
    expect((await lab.backups()).map(({ result }) => result)).toEqual(['succeeded', 'succeeded'])
    expect((await lab.holdfast.run(['verify', 'lab/amy@latest'])).code).toBe(0)
  },
)
