import { afterAll, beforeAll, expect, test } from 'vitest'
import { LabProduct } from './lab-product.ts'
import { fields } from './naughty/fields.ts'
import { compare, compareAccounts, executedOn, isSeenWhenExecuted, plant, server } from './naughty/ordeal.ts'
import { sampleStrings } from './naughty/strings.ts'

let lab: LabProduct
beforeAll(async () => {
  lab = await LabProduct.start(server.options, server.prepare)
})
afterAll(() => lab[Symbol.asyncDispose]())

test('a string that is executed is seen', async () => {
  const touching = sampleStrings.filter((text) => text.includes('touch'))
  expect(touching.length).toBeGreaterThan(2)
  for (const text of touching) expect([text, await isSeenWhenExecuted(lab, text)]).toEqual([text, true])
})

test(
  'naughty strings come out exactly wherever a server takes them as names, and none is executed',
  { tags: ['thorough'] },
  async () => {
    await plant(lab, sampleStrings, fields)
    const { results } = await compare(lab, sampleStrings, fields, 'full')
    expect(results.size).toBe(fields.length)
    for (const [field, { accepted, altered }] of results) {
      expect([field, accepted > 3, altered]).toEqual([field, true, 0])
    }
    const accounts = await compareAccounts(lab, ['\\', ...sampleStrings.slice(-3)])
    expect(accounts).toMatchObject({ accepted: 3, altered: 0 })
    expect(await executedOn(lab)).toEqual([])
  },
)
