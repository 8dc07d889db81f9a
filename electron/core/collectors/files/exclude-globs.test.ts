import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { excludeGlobs } from './exclude-globs.ts'

const names = [
  'cache/a.tmp',
  'cache/deep/er/b.tmp',
  'site/cache/c.tmp',
  'notes [old].txt',
  'back\\slash',
  '-rf',
  '.hidden/x',
  'new\nline.log',
  'ünïcode.log',
  'x]y',
  'Z9',
]
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-globs-'))
  for (const name of names) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), '')
  }
  writeFileSync(Buffer.concat([Buffer.from(folder), Buffer.from('/latin1-\xe9.log', 'latin1')]), '')
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Everything below the folder that `find` keeps, or all of it. */
function listed(prune: readonly string[]): string[] {
  const args = ['-P', '.', '-mindepth', '1', '(', ...prune, ')', '-prune', '-o', '-printf', '%P\\0']
  const env = { ...process.env, LC_ALL: 'C' }
  return execFileSync('find', args, { cwd: folder, env }).toString('latin1').split('\0').slice(0, -1).sort()
}

test.each([
  ['*.tmp'],
  ['cache'],
  ['cache/*.tmp'],
  ['/cache'],
  ['./cache/'],
  ['*/cache/*'],
  ['*'],
  ['.*'],
  ['notes [[]old].txt'],
  ['notes \\[old\\].txt'],
  ['[[:upper:]][0-9]'],
  ['[!a-z]9'],
  ['x[]]y'],
  ['[unclosed'],
  ['back\\\\slash'],
  ['-rf'],
  ['new?line.*'],
  ['*.log'],
  ['latin1-?.log'],
  ['ünïcode*'],
  ['[a-'],
])('leaves out the same on both sides for %j', (glob) => {
  const globs = excludeGlobs([glob], { path: folder, isHome: true })
  const kept = listed(['-false']).filter((name) => !globs.matches(Buffer.from(name, 'latin1')))
  expect(listed(globs.findArgs)).toEqual(kept)
})

test('a glob that begins with the absolute path of a root means below there, at home and elsewhere', () => {
  for (const isHome of [true, false]) {
    const globs = excludeGlobs([`${folder}/cache/*`], { path: folder, isHome })
    expect(globs.matches(Buffer.from('cache/a.tmp'))).toBe(true)
    expect(globs.findArgs).toEqual(['-path', './cache/*'])
  }
})

test('a glob with a slash means nothing outside the home', () => {
  const globs = excludeGlobs(['cache/*', '/etc'], { path: '/srv/site', isHome: false })
  expect(globs.findArgs).toEqual(['-false'])
  expect(globs.matches(Buffer.from('cache/a.tmp'))).toBe(false)
})

test('what is left out takes everything below it along', () => {
  const globs = excludeGlobs(['cache'], { path: '/home/alice', isHome: true })
  expect(globs.matches(Buffer.from('site/cache/c.tmp'))).toBe(true)
})
