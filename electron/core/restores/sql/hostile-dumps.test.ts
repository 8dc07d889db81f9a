import { expect, test } from 'vitest'
import { filterTrial } from './filter-trial.ts'
import { dumpOfTexts, dumpWith, payloads } from './hostile-dumps.ts'

test.each(payloads)('$name does not pass', async ({ sql, harmless = false }) => {
  const { sql: passed, outcome } = await filterTrial(dumpWith(sql))
  const statements = passed.toString('latin1').replaceAll(/'(?:[^'\\]|\\.)*'/gs, "''")
  for (const statement of statements.split(';').map((one) => one.trim())) {
    expect(statement).toMatch(
      /^(?:SET \w+|CREATE TABLE `|INSERT INTO `|ALTER TABLE `\w+` (?:EN|DIS)ABLE KEYS|DO SETVAL|$)/,
    )
  }
  expect(statements.replaceAll(/`[^`]*`/g, '``')).not.toContain('\\')
  expect(statements).not.toMatch(
    /canary|mysql\.|directory|federated|connect|spider|union|select|load_file|into out/i,
  )
  expect(outcome.findings.length + outcome.programs.length, 'nobody was told').toBeGreaterThan(
    harmless ? 0 : 1,
  )
})

test('every payload passes as a text', async () => {
  const { sql, outcome } = await filterTrial(dumpOfTexts())
  expect(outcome.tables.map(({ rows }) => rows)).toEqual([payloads.length + 1, 1])
  const rows = /INSERT INTO `before` VALUES\n[^]*?\);\n/g
  expect(sql.toString().replaceAll('VALUES(', 'VALUES\n(').match(rows)?.[1]).toBe(
    dumpOfTexts().match(rows)?.[1],
  )
})
