import { expect, test } from 'vitest'
import { dumpFault, dumpKind } from './dump-check.ts'
import type { WalkedEntry } from './entry-walk.ts'
import { testMeta } from './test-archive.ts'

const nothing = Buffer.alloc(0)
const walked = (edges: Partial<WalkedEntry>): WalkedEntry => ({
  meta: testMeta('x'),
  offset: 0,
  header: 0,
  sha256: null,
  head: nothing,
  tail: nothing,
  content: null,
  ...edges,
})

test('knows dumps by where they lie', () => {
  const kinds = ['shop.sql', '_setup.sql', '_users.sql', '_grants.json', 'a/b.sql'].map((name) =>
    dumpKind(testMeta(`databases/mysql/${name}`)),
  )
  expect(kinds).toEqual(['mysql', null, null, null, null])
  expect(dumpKind(testMeta('databases/postgresql/shop.dump'))).toBe('postgresql')
  expect(dumpKind(testMeta('files/databases/mysql/shop.sql'))).toBeNull()
})

test.each([
  ['INSERT INTO t VALUES (1);\n-- Dump completed\n', true],
  ['x\n-- Dump completed on 2026-04-08  2:00:01\n', true],
  ['-- Dump completed\nINSERT INTO t VALUES (1);\n', false],
  ['INSERT INTO t VALUES (1);\n', false],
  ["INSERT INTO t VALUES ('-- Dump completed", false],
  ['', false],
])('judges the end of a MySQL dump: %j', (tail, whole) => {
  expect(dumpFault('mysql', walked({ tail: Buffer.from(tail) })) === null).toBe(whole)
})

/** What `pg_dump -Fc -Z0` of PostgreSQL 15.18 begins with, up to the year. */
const header = Buffer.from(
  '5047444d50010e00040801' + '0000000000' + '0038000000001e000000000d0000000014000000000a000000007e000000',
  'hex',
)

test('knows the header of a PostgreSQL dump, and nothing that is cut or damaged', () => {
  expect(dumpFault('postgresql', walked({ head: header }))).toBeNull()
  for (let length = 0; length < header.length; length += 1) {
    expect(dumpFault('postgresql', walked({ head: header.subarray(0, length) }))).not.toBeNull()
  }
  for (const at of [0, 4, 5, 8, 10]) {
    const flipped = Buffer.from(header)
    flipped[at] = flipped.readUInt8(at) ^ 0x40
    expect(dumpFault('postgresql', walked({ head: flipped }))).not.toBeNull()
  }
})
