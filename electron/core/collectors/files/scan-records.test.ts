import { expect, test } from 'vitest'
import { liesBelow, ScanReader, splitAtNul, type Scan } from './scan-records.ts'

function scan(records: readonly string[], onName?: (path: Buffer) => void): Scan {
  const reader = new ScanReader(onName)
  for (const record of records) reader.take(Buffer.from(record, 'latin1'))
  return reader.finish()!
}

const texts = (paths: readonly Buffer[]) => paths.map((path) => path.toString('latin1'))

test('counts what tar must write, and finds the folder of what cannot be read', () => {
  const names: string[] = []
  const found = scan(
    [
      'r 2 50 5 0 ',
      'd 10 50 2 0 a',
      'd 11 50 2 0 a/b',
      'u 12 50 1 7 a/b/new\nline \xe9',
      'D 13 50 1 0 a/locked',
      'f 14 50 1 100 z',
      'o 15 50 1 9 link',
      'u 16 50 1 7 last',
    ],
    (path) => names.push(path.toString('latin1')),
  )
  expect(found.expected).toBe(5)
  expect(found.bytes).toBe(100)
  expect(names).toEqual(['', 'a', 'a/b', 'z', 'link'])
  expect(found.unreadable).toEqual([
    { path: Buffer.from('a/b/new\nline \xe9', 'latin1'), inode: '12', folder: '11', type: 'file' },
    { path: Buffer.from('a/locked'), inode: '13', folder: '10', type: 'directory' },
    { path: Buffer.from('last'), inode: '16', folder: '2', type: 'file' },
  ])
})

test('sorts what is not stored by its reason', () => {
  const found = scan([
    'r 2 50 5 0 ',
    'x 3 50 1 0 cache',
    's 4 50 1 0 sock',
    'p 5 50 1 0 pipe',
    'c 6 50 1 0 null',
    'L 7 50 1 1099511627776 huge',
    'd 1 51 1 0 mnt',
    'D 2 52 1 0 locked-mnt',
  ])
  expect(texts(found.excluded)).toEqual(['cache'])
  expect(found.special.map(({ path, kind }) => [path.toString(), kind])).toEqual([
    ['sock', 'socket'],
    ['pipe', 'FIFO'],
    ['null', 'device'],
  ])
  expect(found.tooLarge).toEqual([{ path: Buffer.from('huge'), size: 1099511627776 }])
  expect(texts(found.mounts)).toEqual(['mnt', 'locked-mnt'])
  expect(found.unreadable).toEqual([])
})

test('what lies in a folder with a .nobackup file counts for nothing', () => {
  const found = scan([
    'r 2 50 5 0 ',
    'd 3 50 2 0 t',
    'p 5 50 1 0 t/pipe',
    'u 6 50 1 0 t/u',
    't 7 50 1 0 t/.nobackup',
  ])
  expect(texts(found.tagged)).toEqual(['t'])
  expect(found.special).toEqual([])
  expect(found.unreadable).toEqual([])
})

test('a file is linked elsewhere when not all of its names were seen', () => {
  const found = scan(['r 2 50 5 0 ', 'h 3 50 2 5 a', 'h 4 50 3 5 b', 'h 3 50 2 5 a2', 'h 4 50 3 5 b2'])
  expect(texts(found.linkedElsewhere)).toEqual(['b'])
})

test('nothing at all is not an empty root', () => {
  expect(new ScanReader().finish()).toBeNull()
})

test('below is not at, and a root that is a dot holds everything', () => {
  const folders = new Set(['a/b'])
  expect(liesBelow(Buffer.from('a/b/c'), folders)).toBe(true)
  expect(liesBelow(Buffer.from('a/b'), folders)).toBe(false)
  expect(liesBelow(Buffer.from('a/bc/d'), folders)).toBe(false)
  expect(liesBelow(Buffer.from('x'), new Set(['']))).toBe(true)
})

test('cuts at NUL bytes wherever the chunks end', async () => {
  const chunks = ['a', 'b\0', '\0c', 'd\0rest'].map((chunk) => Buffer.from(chunk))
  const seen: string[] = []
  async function* source() {
    for (const chunk of chunks) yield await Promise.resolve(chunk)
  }
  for await (const record of splitAtNul(source())) seen.push(record.toString())
  expect(seen).toEqual(['ab', '', 'cd'])
})
