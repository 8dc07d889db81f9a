import { expect, test } from 'vitest'
import type { ListedEntry } from '../../archive/index-cache.ts'
import { testMapping } from '../test-mapping.ts'
import { SecondStep } from './second-step.ts'

const entry: ListedEntry = {
  path: Buffer.from('files/a'),
  type: 'file',
  size: 1,
  mode: 0o644,
  uid: 1001,
  gid: 1001,
  mtime: 0n,
  ctime: null,
  sha256: null,
  offset: 0,
  linkTarget: null,
  implied: false,
}
const pax = new Map([['SCHILY.xattr.user.x', Buffer.alloc(2 ** 20)]])

test('an archive of others fills no memory with attributes: what is too much is stripped and counted', () => {
  const others = new SecondStep({ trusted: false, mapping: testMapping() })
  const ours = new SecondStep({ trusted: true, mapping: testMapping() })
  for (let n = 0; n < 1500; n += 1) others.entry(Buffer.from(`a${n}`), entry, pax)
  for (let n = 0; n < 100; n += 1) ours.entry(Buffer.from(`a${n}`), entry, pax)
  expect([others.xattrs.length, others.strippedCount, others.stripped.length]).toEqual([23, 1477, 1000])
  expect([ours.xattrs.length, ours.strippedCount]).toEqual([100, 0])
})
