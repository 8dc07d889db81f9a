import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../shared/errors.ts'
import { posixShells } from './fixture.ts'
import { quote } from './quote.ts'

const everyByte = Buffer.from(Array.from({ length: 255 }, (_, index) => index + 1))
const awkward = [
  '',
  "'",
  "''",
  "'; touch /tmp/owned; '",
  '$(id)`id`${HOME}',
  '\\',
  "\\'",
  'a\\\nb\n\n',
  '-n',
  '--help',
  '!!',
  '*?[]{}~',
  'ünïcode 日本 😀',
  everyByte,
  Buffer.concat([everyByte, everyByte].map((bytes) => bytes.toReversed())),
]

describe.each(posixShells)('in $name', ({ command: [program, ...args] }) => {
  test('a quoted word stands for exactly its bytes', () => {
    for (const word of awkward) {
      const script = Buffer.concat([Buffer.from("printf '%s|' "), quote(word)])
      const { stdout, stderr } = spawnSync(program, args, { input: script })
      expect(stdout).toEqual(Buffer.concat([Buffer.from(word as string), Buffer.from('|')]))
      expect(stderr.toString()).toBe('')
    }
  })
})

test('a NUL byte is refused, because no shell can hold one', () => {
  expect(() => quote('a\0b')).toThrow(expect.objectContaining({ code: 'invalid-input' }) as AppError)
})
