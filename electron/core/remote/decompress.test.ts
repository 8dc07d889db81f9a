import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { WireCodec } from '../../../shared/model/server.ts'
import { decompress } from './decompress.ts'

const data = Buffer.concat([Buffer.alloc(2_000_000, 'abc '), randomBytes(300_000)])

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 32_768)
    yield await Promise.resolve(bytes.subarray(at, at + 32_768))
}

async function decoded(codec: WireCodec, bytes: Buffer): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of decompress(codec, pieces(bytes))) chunks.push(chunk)
  return Buffer.concat(chunks)
}

describe.each([
  ['zstd', zstdCompressSync(data, { params: { [constants.ZSTD_c_checksumFlag]: 1 } })],
  ['gzip', gzipSync(data)],
  ['pigz', gzipSync(data)],
] as const)('%s', (codec, compressed) => {
  test('gives back what was compressed', async () => {
    expect((await decoded(codec, compressed)).equals(data)).toBe(true)
  })

  test('that ends early or goes on after its end is refused', async () => {
    const bad = [
      Buffer.alloc(0),
      compressed.subarray(0, 10_000),
      compressed.subarray(0, -1),
      Buffer.concat([compressed, Buffer.from('more')]),
    ]
    for (const bytes of bad) {
      await expect(decoded(codec, bytes)).rejects.toMatchObject({ code: 'remote-failed' })
    }
  })

  test('with one flipped byte is refused', async () => {
    const flipped = Buffer.from(compressed)
    flipped[flipped.length - 5_000] = (flipped[flipped.length - 5_000] ?? 0) ^ 1
    await expect(decoded(codec, flipped)).rejects.toMatchObject({ code: 'remote-failed' })
  })
})

test('an error of the source comes through as it is', async () => {
  async function* broken(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(gzipSync(data).subarray(0, 1000))
    throw new RangeError('cut')
  }
  const reading = decompress('gzip', broken())
  await expect(async () => {
    for await (const chunk of reading) expect(chunk.length).toBeGreaterThan(0)
  }).rejects.toBeInstanceOf(RangeError)
})

test('a chunk that is all of its memory is given back when it was read, one that shares it is not', async () => {
  const compressed = zstdCompressSync(randomBytes(200_000))
  const whole = Buffer.allocUnsafeSlow(100_000)
  compressed.copy(whole)
  const rest = compressed.subarray(100_000)
  async function* source(): AsyncGenerator<Buffer> {
    yield await Promise.resolve(whole)
    yield rest
  }
  for await (const chunk of decompress('zstd', source())) expect(chunk.length).toBeGreaterThan(0)
  expect([whole.length, rest.length > 0]).toEqual([0, true])
})
