import { expect, test } from 'vitest'
import { recordFigure } from '../figures.ts'
import { TwoServers } from '../lab/two-servers.ts'
import { executedOn } from './naughty/ordeal.ts'
import { naughtyStrings } from './naughty/strings.ts'
import { makeByRestore, planAsAccounts } from './naughty/targets.ts'

test('a restore takes those naughty strings as new accounts that useradd takes, refuses the others with 2, and executes none', async () => {
  await using servers = await TwoServers.start(
    { without: ['mariadb', 'postgres', 'dovecot', 'cron'] },
    { prepare: 'useradd -m amy; printf 7 >/home/amy/number; chown amy: /home/amy/number', prepareEmpty: ':' },
  )
  await servers.product.holdfast.json(['backup', 'lab/amy', '--scope', 'files'])
  const { result, accepted } = await planAsAccounts(servers, naughtyStrings)
  const made = accepted.filter((name) => /[$`;|&<>'"()*]/.test(name)).slice(-3)
  const altered = await makeByRestore(servers, made, '7')
  const executed = await executedOn(servers.product, servers.empty)
  recordFigure('naughty strings as accounts that a restore makes', {
    ...{ ...result, made: made.length, altered: altered.length, executed: executed.length },
  })
  expect(executed).toEqual([])
  expect(altered).toEqual([])
  expect([result.otherwise, result.wronglyAccepted]).toEqual([0, 0])
  expect(Math.min(result.accepted, result.refused, made.length)).toBeGreaterThan(0)
})
