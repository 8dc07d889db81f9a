import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromRemoteName, toRemoteName } from './remote-name.ts'

test('any bytes come back exactly', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      expect([...fromRemoteName(toRemoteName(bytes))]).toEqual([...bytes])
    }),
  )
})

test('valid UTF-8 reads as it is, other bytes and backslashes are escaped', () => {
  expect(toRemoteName(Buffer.from('ünïcode-日本.txt'))).toBe('ünïcode-日本.txt')
  expect(toRemoteName(Buffer.from([0x61, 0xe9, 0x5c, 0x62]))).toBe('a\\xe9\\\\b')
})

test('a name that holds the text of an escape is not mistaken for one', () => {
  const name = Buffer.from('a\\xe9')
  expect(toRemoteName(name)).toBe('a\\\\xe9')
  expect(Buffer.from(fromRemoteName(toRemoteName(name)))).toEqual(name)
})
