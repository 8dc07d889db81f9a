import { cp, lstat, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { killAt } from './kill-at.ts'
import { LabProduct } from './lab-product.ts'

const megabytes = 6
let lab: LabProduct

beforeAll(async () => {
  lab = await LabProduct.start(
    { without: ['mariadb', 'postgres', 'dovecot', 'cron'] },
    `useradd -m amy; head -c ${megabytes}M /dev/urandom >/home/amy/noise; chown amy /home/amy/noise`,
  )
  expect((await lab.holdfast.run(['backup', 'lab/amy'])).code).toBe(0)
  await lab.host.slow('40mbit')
})
afterAll(() => lab[Symbol.asyncDispose]())

test('a backup that is killed at any of three random bytes is interrupted, and the one before stays good', async () => {
  const before = await lab.stored('amy')
  for (let run = 0; run < 3; run += 1) {
    const size = Math.floor(Math.random() * (megabytes - 1) * 1e6)
    await killAt(lab, 'amy', { name: /_\d+\.partial$/, size })
    const job = await lab.newestJob()
    expect([size, job?.state, job?.error?.code]).toEqual([size, 'failed', 'interrupted'])
    expect([size, await lab.stored('amy')]).toEqual([size, before])
  }
  expect((await lab.backups()).length).toBe(1)
  expect((await lab.holdfast.run(['verify', 'lab/amy@latest'])).code).toBe(0)
  expect(await lab.leftovers()).toEqual([])
})

test('a session that sshd ends without a word, by SIGTERM, fails the backup', async () => {
  const before = await lab.stored('amy')
  const running = await lab.backupUntil(/Reading files/, 'lab/amy')
  await lab.host.exec("pkill -TERM -f '[s]shd: root@'; true")
  const { code, stdout } = await running.ended
  expect([code, stdout]).toEqual([10, expect.stringContaining('"connection-lost"')])
  expect(await lab.stored('amy')).toEqual(before)
})

test('a backup whose manifest is stored is found and good, though the data folder knows only its beginning', async () => {
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
})
