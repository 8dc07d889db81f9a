import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LabProduct } from '../faults/lab-product.ts'
import { killRestores, restoreArgs, startRestorable, toldOf } from './restore-kills.ts'

let lab: LabProduct
beforeAll(async () => {
  lab = await startRestorable()
})
afterAll(() => lab[Symbol.asyncDispose]())

test(
  'a restore that is killed early or late is gone on with, or taken back, and the account is whole',
  { tags: ['thorough'] },
  async () => {
    const points = [0.3 + Math.random() * 0.3, 0.6 + Math.random() * 0.3]
    const { told, whole, leftBehind } = await killRestores(lab, points)
    expect([points, { told, whole, leftBehind }]).toEqual([points, { told: 2, whole: 2, leftBehind: 0 }])
  },
)

/** As if a copy of the machine, with its host keys, answered under its address. */
const becomeAnother = () => lab.host.exec('echo 0123456789abcdef0123456789abcdef >/etc/machine-id')
const look = () => lab.host.exec('find /home/amy -printf "%P %T@ %s\\n" | sort').then(({ stdout }) => stdout)

test(
  'where another machine answers by then, neither a confirmed restore nor an unfinished one touches it',
  { tags: ['thorough'] },
  async () => {
    const own = (await lab.host.exec('cat /etc/machine-id')).stdout
    const back = () => lab.host.exec('cat >/etc/machine-id', { input: Buffer.from(own) })
    await lab.host.exec('rm -f /home/amy/site/a/1; touch -d 2026-01-03 /home/amy/site/a')
    const before = await look()

    const confirmed = await lab.until(/Saving lab\/amy first/, ...restoreArgs)
    await becomeAnother()
    const { code, stdout } = await confirmed.ended
    expect([code, stdout]).toEqual([5, expect.stringContaining('changed since the plan was shown')])
    expect(await look()).toBe(before)

    await back()
    const killed = await lab.until(/"phase":"preparing/, ...restoreArgs)
    killed.child.kill('SIGKILL')
    await killed.ended
    const job = (await toldOf(lab)) ?? ''
    await becomeAnother()
    for (const verb of ['resume', 'rollback']) {
      const refused = await lab.holdfast.run(['restore', verb, job])
      expect([refused.code, refused.stdout]).toEqual([
        5,
        expect.stringContaining('Another machine answers as lab'),
      ])
    }
    await back()
    expect((await lab.holdfast.run(['restore', 'rollback', job])).code).toBe(0)
    expect(await look()).toBe(before)
  },
)
