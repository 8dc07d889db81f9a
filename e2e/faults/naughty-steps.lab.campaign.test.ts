import { expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { LabProduct } from './lab-product.ts'
import { fields } from './naughty/fields.ts'
import { compare, executedOn, plant, server } from './naughty/ordeal.ts'
import { naughtyStrings } from './naughty/strings.ts'
import { bringBack } from './naughty/way-back.ts'

/** What a restore puts back one by one, a step each. */
const ofSteps = fields.filter(({ name }) => /^(mailbox|MySQL|PostgreSQL)/.test(name))

test.each(ofSteps)(
  'all naughty strings come back exactly where a server takes them, and none is executed: $name',
  async (field) => {
    await using lab = await LabProduct.start(server.options, server.prepare)
    await plant(lab, naughtyStrings, [field])
    await compare(lab, naughtyStrings, [field], 'full')
    const result = (await bringBack(lab, naughtyStrings, [field])).get(field.name)!
    const executed = await executedOn(lab)
    recordFigure(`naughty strings restored as ${field.name}`, { ...result, executed: executed.length })
    expect([result.accepted > 0, result.altered, executed]).toEqual([true, 0, []])
  },
)
