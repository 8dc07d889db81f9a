import { expect, test } from 'vitest'
import type { ConfigurationFile, RestorePlan } from '../../../shared/model/restore-plan.ts'
import type { ServerRestorePlan } from '../../../shared/model/restore-server.ts'
import { describeServerPlan } from './server-plan.ts'

const file = (path: string, count: number): ConfigurationFile => ({
  ...{ path, notUnderstood: [], logins: [], result: null },
  changes: Array.from({ length: count }, (_, at) => ({
    line: at + 1,
    what: 'DB_NAME',
    from: 'a_wp',
    to: `b_${at}`,
  })),
})

function planWith(configuration: readonly ConfigurationFile[]): ServerRestorePlan {
  const plan = {
    from: { name: 'a_2026-01-01.tar.gz', startedAt: null },
    mapping: { uid: { to: 1001 } },
    steps: [{ kind: 'put-tree', title: 'Put everything of files to /home/a', configuration }],
  } as unknown as RestorePlan
  const accounts = [{ account: 'a', plan }] as unknown as ServerRestorePlan['accounts']
  const to = { server: 'new', host: '192.0.2.1', machine: null }
  const rest = { missing: [], notes: [], space: [], madeAt: '2026-01-01T00:00:00.000Z' }
  return { format: 1, digest: 'd', from: 'old', to, accounts, ...rest }
}

test('the plan of a server has every rewritten value with its file and line', () => {
  const text = describeServerPlan(
    planWith([file('app/.env', 1), file('wp-config.php', 1), file('other.php', 0)]),
  )
  expect(text).toContain('Rewritten on its way: 2 values in 2 files')
  expect(text).toContain('app/.env, line 1: DB_NAME a_wp → b_0')
  expect(text).toContain('wp-config.php, line 1: DB_NAME a_wp → b_0')
  expect(text).not.toContain('more')
})

test('many are counted, and the first are shown', () => {
  const text = describeServerPlan(planWith([file('.env', 25)]))
  expect(text).toContain('25 values in 1 file\n')
  expect(text).toContain('… and 5 more; --json has all')
  expect(text).not.toContain('b_20')
  expect(describeServerPlan(planWith([]))).not.toContain('Rewritten')
})
