import { expect, test } from 'vitest'
import type { EntryMeta } from '../../archive/archive-writer.ts'
import { fromRoot, largeFile, ReadSoFar } from './read-so-far.ts'

function entry(path: string, change: Partial<EntryMeta> = {}): EntryMeta {
  return {
    path: Buffer.from(path),
    type: 'file',
    size: 1,
    mode: 0o644,
    uid: 1000,
    gid: 1000,
    uname: 'alice',
    gname: 'alice',
    mtime: 0n,
    ...change,
  }
}

const link = (path: string, target: string) =>
  entry(path, { type: 'hardlink', size: 0, linkTarget: Buffer.from(target) })
const place = (mapped: EntryMeta | null) => mapped?.path.toString() ?? null
const make = (...leftOut: string[]) =>
  new ReadSoFar(
    Buffer.from('files'),
    leftOut.map((path) => Buffer.from(path)),
  )

test('puts entries below the prefix, the root itself at it', () => {
  const map = make().map(fromRoot)
  expect(place(map(entry('.', { type: 'directory' })))).toBe('files')
  expect(['./a/b', 'c', '..x'].map((path) => place(map(entry(path))))).toEqual([
    'files/a/b',
    'files/c',
    'files/..x',
  ])
})

test('leaves out what is to be left out, and what lies below it', () => {
  const map = make('cache', 'a/b').map(fromRoot)
  expect(
    ['./cache', './cache/x', './cached', './a', './a/b', './a/b/c'].map((path) => place(map(entry(path)))),
  ).toEqual([null, null, 'files/cached', 'files/a', null, null])
})

test('a hard link names its file in the archive', () => {
  const map = make().map(fromRoot)
  map(entry('./a'))
  expect(map(link('./b', './a'))?.linkTarget?.toString()).toBe('files/a')
})

test('a hard link to a file that was left out is left for another reading', () => {
  const soFar = make('a')
  const map = soFar.map(fromRoot)
  map(entry('./a'))
  expect(map(link('./b', './a'))).toBeNull()
  expect(soFar.orphans.map(String)).toEqual(['b'])
  expect(soFar.isWritten(Buffer.from('b'))).toBe(false)
})

test('what was written does not come again, unless it is a file that was asked for again', () => {
  const soFar = make()
  const first = soFar.map(fromRoot)
  first(entry('./d', { type: 'directory' }))
  first(entry('./d/a'))
  first(entry('./d/b'))
  const map = soFar.map(fromRoot, new Set(['d', 'd/a']))
  expect(
    [entry('./d', { type: 'directory' }), entry('./d/a'), entry('./d/b')].map((each) => place(map(each))),
  ).toEqual([null, 'files/d/a', null])
  expect(soFar.count).toBe(3)
})

test('a file is read again together with the links to it', () => {
  const soFar = make()
  const map = soFar.map(fromRoot)
  map(entry('./a'))
  map(link('./b', './a'))
  map(link('./c', './a'))
  expect(soFar.withLinks(Buffer.from('a')).map(String)).toEqual(['a', 'b', 'c'])
  expect(soFar.withLinks(Buffer.from('x')).map(String)).toEqual(['x'])
})

test('remembers which files are large', () => {
  const soFar = make()
  soFar.map(fromRoot)(entry('./big', { size: largeFile }))
  soFar.map(fromRoot)(entry('./small'))
  expect([soFar.isLarge(Buffer.from('big')), soFar.isLarge(Buffer.from('small'))]).toEqual([true, false])
})
