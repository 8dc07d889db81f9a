import { expect, test } from 'vitest'
import { isAclText, sortRecords } from './records.ts'

const records = (object: Record<string, string>) =>
  new Map(Object.entries(object).map(([key, value]) => [key, Buffer.from(value)]))

const all = records({
  'SCHILY.acl.access': 'user::rw-\nuser:1001:rwx\nmask::rwx\nother::---\n',
  'SCHILY.acl.default': 'user::rwx,group::r-x,other::r-x,user:bob:rwx:1001',
  'SCHILY.xattr.system.posix_acl_access': 'raw',
  'SCHILY.xattr.user.comment': 'x',
  'SCHILY.xattr.user.': 'x',
  'SCHILY.xattr.trusted.overlay.opaque': 'y',
  'SCHILY.xattr.security.capability': 'c',
  'SCHILY.xattr.security.selinux': 'l',
  'SCHILY.xattr.btrfs.compression': 'z',
  'RHT.security.selinux': 'l',
})

test('ours brings all but labels, others only attributes of users', () => {
  const ours = sortRecords(all, { trusted: true })
  expect([...ours.xattrs.keys()]).toEqual(['user.comment', 'trusted.overlay.opaque', 'security.capability'])
  expect(ours.stripped).toEqual(['attributes', 'label'])
  const theirs = sortRecords(all, { trusted: false })
  expect([...theirs.xattrs.keys()]).toEqual(['user.comment'])
  expect(theirs.stripped).toEqual(['attributes', 'capabilities', 'label'])
  expect(theirs.access).toContain('user:1001:rwx')
  expect(theirs.defaults).toContain('user:bob:rwx:1001')
})

test.each(['user::rwx', 'u:bob:rw-,g::r--', 'default:user:1:rwx\t#effective:r--\nmask::---', 'other:r-x'])(
  '%j is an ACL',
  (text) => expect(isAclText(text)).toBe(true),
)

test.each([
  '',
  '\n',
  '$(id)',
  'user:bob:rwx\n-R /',
  'user:a b:rwx',
  'user:x:rwx;id',
  'user:bob',
  'x:bob:rwx',
  'user:\0:rwx',
])('%j is none, and is stripped', (text) => {
  expect(isAclText(text)).toBe(false)
  const { access, stripped } = sortRecords(records({ 'SCHILY.acl.access': text }), { trusted: true })
  expect([access, stripped]).toEqual([null, text === '' ? [] : ['acl']])
})
