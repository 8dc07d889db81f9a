import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LabProduct } from '../../../e2e/faults/lab-product.ts'

let product: LabProduct
const crontab = () => product.host.exec('crontab -u bob -l').then(({ stdout }) => stdout)

beforeAll(async () => {
  product = await LabProduct.start({ layer: 'seeded', without: ['postgres', 'dovecot'] }, 'true')
  await product.holdfast.json(['backup', 'lab/bob'])
})

afterAll(() => product[Symbol.asyncDispose]())

function restore(...args: readonly string[]) {
  return product.holdfast.run(['restore', 'lab/bob@latest', '--to', 'lab/bob', ...args])
}

describe('a crontab', () => {
  test('comes back byte for byte, and undo brings back what it replaced', async () => {
    const original = await crontab()
    await product.host.exec('printf "5 5 * * * /bin/false\\n" | crontab -u bob -')
    const plan = await restore('--item', 'cron', '--plan')
    expect([plan.code, plan.stdout]).toEqual([0, expect.stringContaining('Install the crontab of bob')])
    const { code, stdout, stderr } = await restore('--item', 'cron', '--confirm', 'bob')
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')])
    expect(await crontab()).toBe(original)
    const job = /- job: (\S+)/.exec(stdout)?.[1] ?? ''
    expect((await product.holdfast.run(['undo', job, '--confirm', 'bob'])).code).toBe(0)
    expect(await crontab()).toBe('5 5 * * * /bin/false\n')
  })

  test('is not touched when the typed name is another', async () => {
    const before = await crontab()
    expect((await restore('--item', 'cron', '--confirm', 'alice')).code).toBe(2)
    expect(await crontab()).toBe(before)
  })
})
