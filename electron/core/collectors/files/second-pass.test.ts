import { expect, test } from 'vitest'
import { locateMember } from './second-pass.ts'

const locate = (name: string, folders: Record<string, string>, whole = false) => {
  const known = new Map(Object.entries(folders).map(([inode, path]) => [inode, Buffer.from(path)]))
  return locateMember(Buffer.from(name), known, whole)?.toString() ?? null
}

test('a member is found by the inode of its folder', () => {
  expect(locate('@12/f', { 12: 'a/b' })).toBe('a/b/f')
  expect(locate('@12/d/f', { 12: '' })).toBe('d/f')
})

test('a folder that nobody asked about is not taken', () => {
  expect(locate('@13/f', { 12: 'a' })).toBeNull()
  expect(locate('f', { 12: 'a' })).toBeNull()
  expect(locate('@/f', { 12: 'a' })).toBeNull()
})

test('of a whole root the first folder is the root, and no other is known', () => {
  const folders = new Map<string, Buffer>()
  expect(locateMember(Buffer.from('@7'), folders, true)?.toString()).toBe('')
  expect(locateMember(Buffer.from('@7/x'), folders, true)?.toString()).toBe('x')
  expect(locateMember(Buffer.from('@8/x'), folders, true)).toBeNull()
})
