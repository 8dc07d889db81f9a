import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { seededBugs } from './seeded-bugs.ts'

const root = join(import.meta.dirname, '../..')

test('there are ten seeded bugs, and what each changes stands in its file exactly once', () => {
  expect(seededBugs.length).toBe(10)
  for (const { file, right, name } of seededBugs) {
    expect(readFileSync(join(root, file), 'utf8').split(right).length, name).toBe(2)
  }
})

test('a sample of the seeded bugs turns its test red', () => {
  const run = spawnSync(process.execPath, [join(import.meta.dirname, 'run-mutants.ts'), 'SHA-256'], {
    encoding: 'utf8',
  })
  expect(run.stdout).toContain('1 of 1 seeded bugs caught')
})
