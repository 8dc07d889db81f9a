import { expect, test } from 'vitest'
import { LabProduct } from './lab-product.ts'
import { fields } from './naughty/fields.ts'
import { compare, executedOn, plant, server } from './naughty/ordeal.ts'
import { sampleStrings } from './naughty/strings.ts'
import { bringBack } from './naughty/way-back.ts'

test(
  'naughty strings come back exactly as what they named, and none is executed',
  { tags: ['thorough'] },
  async () => {
    const strings = sampleStrings.slice(-2)
    await using lab = await LabProduct.start(server.options, server.prepare)
    await plant(lab, strings, fields)
    await compare(lab, strings, fields, 'full')
    const results = await bringBack(lab, strings, fields)
    expect(results.size).toBe(fields.length)
    for (const [field, { accepted, altered }] of results) {
      expect([field, accepted, altered]).toEqual([field, 2, 0])
    }
    expect(await executedOn(lab)).toEqual([])
  },
)
