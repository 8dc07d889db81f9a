import { expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { LabProduct } from './lab-product.ts'
import { fields } from './naughty/fields.ts'
import { compare, executedOn, plant, server } from './naughty/ordeal.ts'
import { naughtyStrings } from './naughty/strings.ts'
import { bringBack } from './naughty/way-back.ts'

/** A server takes so many at a time: each is a database or a mailbox of its own. */
const batch = 60
const batches = Array.from({ length: Math.ceil(naughtyStrings.length / batch) }, (_, at) =>
  naughtyStrings.slice(at * batch, (at + 1) * batch),
)

/** What a restore puts back one by one, a step each. */
const ofSteps = fields.filter(({ name }) => /^(mailbox|MySQL|PostgreSQL)/.test(name))

test.each(ofSteps)(
  'all naughty strings come back exactly where a server takes them, and none is executed: $name',
  async (field) => {
    const result = { accepted: 0, refused: 0, altered: 0, executed: 0 }
    for (const some of batches) {
      await using lab = await LabProduct.start(server.options, server.prepare)
      await plant(lab, some, [field])
      await compare(lab, some, [field], 'full')
      const { accepted, refused, altered } = (await bringBack(lab, some, [field])).get(field.name)!
      const executed = await executedOn(lab)
      result.accepted += accepted
      result.refused += refused
      result.altered += altered
      result.executed += executed.length
    }
    recordFigure(`naughty strings restored as ${field.name}`, result)
    expect([result.accepted > 0, result.altered, result.executed]).toEqual([true, 0, 0])
  },
)
