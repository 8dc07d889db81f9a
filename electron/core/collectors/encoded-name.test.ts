import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodedName } from './encoded-name.ts'

test('ordinary names stay as they are, others are encoded byte by byte', () => {
  expect(encodedName('alice_wp')).toBe('alice_wp')
  expect(encodedName('info.desk-2')).toBe('info.desk-2')
  expect(encodedName('--help')).toBe('%2D-help')
  expect(encodedName('_setup')).toBe('%5Fsetup')
  expect(encodedName('a_')).toBe('a%5F')
  expect(encodedName('../x/%')).toBe('%2E.%2Fx%2F%25')
  expect(encodedName('ü')).toBe('%C3%BC')
  expect(encodedName(Buffer.from([0x61, 0xff]))).toBe('a%FF')
})

test('every name comes back, and none leaves its folder', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (name) => {
      const encoded = encodedName(name)
      expect(encoded).toMatch(/^[A-Za-z0-9%][A-Za-z0-9._%-]*$/)
      expect(decodeURIComponent(encoded)).toBe(name.toWellFormed())
    }),
  )
})
