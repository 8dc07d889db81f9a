import { expect, test } from 'vitest'
import { messageOf } from './message-name.ts'

const named = (path: string) => messageOf(Buffer.from(path, 'latin1'))?.toString('latin1') ?? null

test('a message stays itself when its flags change and when it was seen', () => {
  expect(named('new/17.M1P2.lab,S=9')).toBe('17.M1P2.lab,S=9')
  expect(named('cur/17.M1P2.lab,S=9:2,')).toBe('17.M1P2.lab,S=9')
  expect(named('cur/17.M1P2.lab,S=9:2,FSab')).toBe('17.M1P2.lab,S=9')
})

test('messages of the same name in two folders are two', () => {
  expect(named('.Sent/cur/1:2,S')).toBe('.Sent/1')
  expect(named('.caf\xe9/cur/1:2,S')).toBe('.caf\xe9/1')
})

test('other files are only their names', () => {
  for (const path of [
    '',
    'cur',
    'new',
    'tmp/1',
    'dovecot-uidlist',
    '.Sent/cur',
    'cur/x/1:2,S',
    'recur/1:2,S',
  ]) {
    expect(named(path), path).toBeNull()
  }
})
