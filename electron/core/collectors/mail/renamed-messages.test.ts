import { expect, test } from 'vitest'
import type { EntryMeta } from '../../archive/archive-writer.ts'
import { fromRoot, ReadSoFar } from '../files/read-so-far.ts'
import { messageOf } from './message-name.ts'

const owner = { uid: 5000, gid: 5000, uname: 'vmail', gname: 'vmail', mode: 0o600, mtime: 0n }
const entry = (path: string, change: Partial<EntryMeta> = {}): EntryMeta => {
  return { ...owner, path: Buffer.from(path), type: 'file', size: 1, ...change }
}

/** What of these entries comes into the archive, one after the other. */
function read(soFar: ReadSoFar, ...entries: readonly EntryMeta[]): boolean[] {
  const map = soFar.map(fromRoot)
  return entries.map((one) => map(one) !== null)
}
const mailbox = () => new ReadSoFar(Buffer.from('mail/d/b'), [], messageOf)

test('a message comes in under its first name only, but into each folder that it lies in', () => {
  const soFar = mailbox()
  const names = ['./new/1.a', './cur/1.a:2,', './cur/1.a:2,S', './.Old/cur/1.a:2,S', './cur/2.b:2,']
  expect(read(soFar, ...names.map((name) => entry(name)))).toEqual([true, false, false, true, true])
  expect(soFar.messageCount).toBe(3)
  expect(soFar.isKnown(Buffer.from('cur/1.a:2,RS'))).toBe(true)
  expect(soFar.isWritten(Buffer.from('cur/1.a:2,RS'))).toBe(false)
})

test('a link to a name that did not come in is read as a file of its own', () => {
  const soFar = mailbox()
  const link = entry('./cur/3.c:2,', { type: 'hardlink', linkTarget: Buffer.from('./cur/1.a:2,S') })
  expect(read(soFar, entry('./new/1.a'), entry('./cur/1.a:2,S'), link)).toEqual([true, false, false])
  expect(soFar.orphans.map(String)).toEqual(['cur/3.c:2,'])
})

test('a message that went is there when any folder has it, and lost when none has', () => {
  const soFar = mailbox()
  read(soFar, entry('./.Old/cur/1.a:2,S'))
  const [moved, gone, other] = ['cur/1.a:2,', 'cur/2.b:2,', 'tmp/2.b'].map((path) => Buffer.from(path))
  expect(soFar.messageAt(moved!)).toEqual({ name: '1.a', isThere: true })
  expect(soFar.messageAt(gone!)).toEqual({ name: '2.b', isThere: false })
  expect(soFar.messageAt(other!)).toBeNull()
})
