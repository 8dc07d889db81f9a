import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { crc32Combine } from './crc32-combine.ts'

it('combines the checksums of two pieces into that of the whole', () => {
  const bytes = fc.uint8Array({ maxLength: 5000 })
  fc.assert(
    fc.property(bytes, bytes, (first, second) => {
      const whole = crc32(Buffer.concat([first, second]))
      expect(crc32Combine(crc32(first), crc32(second), second.length)).toBe(whole)
    }),
  )
})

it('takes lengths beyond 32 bits: zeros shift as often as they are many', () => {
  const gigabytes = 5 * 2 ** 30
  let whole = crc32('start')
  for (let i = 0; i < 5; i += 1) whole = crc32Combine(whole, zeros(2 ** 30), 2 ** 30)
  expect(crc32Combine(crc32('start'), zeros(gigabytes), gigabytes)).toBe(whole)
})

function zeros(length: number): number {
  if (length === 1) return crc32('\0')
  const half = zeros(length % 2 === 0 ? length / 2 : (length - 1) / 2)
  const even = crc32Combine(half, half, Math.floor(length / 2))
  return length % 2 === 0 ? even : crc32Combine(even, crc32('\0'), 1)
}
