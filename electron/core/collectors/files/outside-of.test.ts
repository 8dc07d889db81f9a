import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { outsideOf } from './outside-of.ts'

const files = ['a/b/c', 'a/b/d/e', 'a/bx', 'a [1]/x', 'a 1/x', '-n/y', 'z']
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-outside-'))
  for (const name of files) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), '')
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

function lookedAt(...paths: readonly string[]): string[] {
  const expression = outsideOf(paths.map((path) => Buffer.from(path))).map(String)
  const args = ['-P', '.', '-mindepth', '1', '(', ...expression, ')', '-prune', '-o', '-printf', '%P\\n']
  return execFileSync('find', args, { cwd: folder, encoding: 'utf8' }).trim().split('\n').sort()
}

test.each([
  [['a/b'], ['a', 'a/b', 'a/b/c', 'a/b/d', 'a/b/d/e']],
  [['a/b/d/e'], ['a', 'a/b', 'a/b/d', 'a/b/d/e']],
  [['a [1]'], ['a [1]', 'a [1]/x']],
  [
    ['-n/y', 'z'],
    ['-n', '-n/y', 'z'],
  ],
  [
    ['a/bx', 'not/there'],
    ['a', 'a/bx'],
  ],
])('of %j only these are looked at', (paths, wanted) => {
  expect(lookedAt(...paths)).toEqual(wanted)
})

test('of nothing, of the root and of very many everything is looked at', () => {
  const many = Array.from({ length: 501 }, (_, at) => `n${at}`)
  for (const paths of [[], [''], many]) expect(lookedAt(...paths)).toContain('a/b/d/e')
})
