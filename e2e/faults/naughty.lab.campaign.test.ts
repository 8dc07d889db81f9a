import { expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { LabProduct } from './lab-product.ts'
import { fields } from './naughty/fields.ts'
import { compare, compareAccounts, executedOn, plant, server, type FieldResult } from './naughty/ordeal.ts'
import { naughtyStrings } from './naughty/strings.ts'

const homeFields = fields.filter(({ name }) => /^(file|folder) name/.test(name))

/** Records what came of one field, and expects that nothing was altered. */
function judge(field: string, result: FieldResult): void {
  recordFigure(`naughty strings as ${field}`, { ...result })
  expect.soft([field, result.accepted > 0, result.altered]).toEqual([field, true, 0])
}

test('all naughty strings come out exactly as everything that an account can name, and none is executed', async () => {
  await using lab = await LabProduct.start(server.options, server.prepare)
  await plant(lab, naughtyStrings, fields)
  for (const shell of ['/bin/dash', '/usr/bin/fish', '/bin/tcsh']) {
    await lab.host.exec(`usermod -s ${shell} root`)
    const { results } = await compare(lab, naughtyStrings, homeFields, 'files')
    for (const [field, result] of results) judge(`${field}, login shell ${shell}`, result)
  }
  await lab.host.exec('usermod -s /bin/bash root')
  const { results, tooLong } = await compare(lab, naughtyStrings, fields, 'full')
  for (const [field, result] of results) judge(field, result)
  const executed = await executedOn(lab)
  recordFigure('naughty strings of one account', {
    executed: executed.length,
    namesTooLongToExtract: tooLong,
  })
  expect(executed).toEqual([])
})

test('all naughty strings come out exactly as account names, and none is executed', async () => {
  await using lab = await LabProduct.start({ without: ['mariadb', 'postgres', 'dovecot', 'cron'] }, ':')
  judge('account name', await compareAccounts(lab, naughtyStrings))
  const executed = await executedOn(lab)
  recordFigure('naughty strings as accounts', { executed: executed.length })
  expect(executed).toEqual([])
})
