import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accountName, identifier, textLiteral, unhex } from './sql.ts'

test('identifiers and account names end where they should', () => {
  expect(identifier('a`; DROP DATABASE x; -- ')).toBe('`a``; DROP DATABASE x; -- `')
  expect(accountName("o'brien\\", '%')).toBe("'o''brien\\\\'@'%'")
})

test('a literal holds nothing but hex, and comes back', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (text) => {
      const literal = textLiteral(text)
      expect(literal).toMatch(/^_utf8mb4 0x([0-9a-f]{2})+$/)
      expect(unhex(literal.slice(11))).toBe(text.toWellFormed())
    }),
  )
  expect(textLiteral('')).toBe("''")
})
