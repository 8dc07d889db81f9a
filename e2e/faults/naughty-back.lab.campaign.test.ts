import { expect, test } from 'vitest'
import { toRemoteName } from '../../shared/remote-name.ts'
import { recordFigure } from '../figures.ts'
import { LabProduct } from './lab-product.ts'
import { fields } from './naughty/fields.ts'
import { compare, executedOn, plant, server, type FieldResult } from './naughty/ordeal.ts'
import { naughtyStrings } from './naughty/strings.ts'
import { bringBack } from './naughty/way-back.ts'

const ofHome = fields.filter(({ name }) => /^(file|folder|crontab|mail folder)/.test(name))
const files = fields.filter(({ name }) => name.startsWith('file'))

async function judge(lab: LabProduct, results: ReadonlyMap<string, FieldResult>, as: string): Promise<void> {
  const executed = await executedOn(lab)
  for (const [field, result] of results) {
    recordFigure(`naughty strings restored as ${field}${as}`, { ...result, executed: executed.length })
    expect.soft([field, result.accepted > 0, result.altered, executed]).toEqual([field, true, 0, []])
  }
}

test('all naughty strings come back as files, folders, cron lines and mail folders, and none is executed', async () => {
  await using lab = await LabProduct.start(server.options, server.prepare)
  await plant(lab, naughtyStrings, ofHome)
  await compare(lab, naughtyStrings, ofHome, 'full')
  const items = ['files/f', 'files/d', 'cron', 'mail/_local/amy']
  await judge(lab, await bringBack(lab, naughtyStrings, ofHome, items), '')
  const [field] = files
  const each = [...(await field!.live(lab.host)).keys()].map(
    (name) => `files/f/${toRemoteName(Buffer.from(name))}`,
  )
  await judge(lab, await bringBack(lab, naughtyStrings, files, each), ', each asked for by its name')
})
