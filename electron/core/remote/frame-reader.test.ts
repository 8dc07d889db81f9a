import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameReader } from './frame-reader.ts'

const nonce = '0123456789abcdef'
const begin = `\n@@${nonce} BEGIN\n`
const end = `\n@@${nonce} END\n`

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}

async function readAll(bytes: Buffer, size: number) {
  const frames = new FrameReader(inPieces(bytes, size), nonce)
  const noise = await frames.begin(1000)
  if (noise) return { noise }
  const codec = await frames.codec()
  const payload = frames.payload()
  const chunks: Buffer[] = []
  let step = await payload.next()
  for (; step.done !== true; step = await payload.next()) chunks.push(step.value)
  return { codec, payload: Buffer.concat(chunks), whole: step.value }
}

test('whatever is in it and however it is cut up, the payload comes out as it was', async () => {
  const tricky = fc.constantFrom(begin, end, end.slice(1), end.slice(0, -1), `@@${nonce} CODEX`, '@@', '\n')
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    tricky.map((text) => Buffer.from(text)),
  )
  const bytes = fc.array(piece, { maxLength: 8 }).map((pieces) => Buffer.concat(pieces))
  const noise = bytes.filter((value) => !value.includes(begin))
  await fc.assert(
    fc.asyncProperty(noise, bytes, fc.integer({ min: 1, max: 70 }), async (before, payload, size) => {
      const stream = Buffer.concat([before, Buffer.from(begin), payload, Buffer.from(end)])
      expect(await readAll(stream, size)).toEqual({ codec: 'none', payload, whole: true })
    }),
    { numRuns: 500 },
  )
})

test.each([1, 7, 1000])(
  'the codec is announced once, before the payload (pieces of %i bytes)',
  async (size) => {
    const stream = Buffer.from(`motd${begin}@@${nonce} CODEC pigz\n\x1f\x8b${end}`, 'latin1')
    expect(await readAll(stream, size)).toEqual({
      codec: 'pigz',
      payload: Buffer.from([0x1f, 0x8b]),
      whole: true,
    })
  },
)

test.each([
  ['END is missing', 'payload', false],
  ['END is cut', `payload${end.slice(0, -1)}`, false],
  ['something follows END', `payload${end}x`, false],
  ['END has another nonce', 'payload\n@@fedcba9876543210 END\n', false],
  ['END is the very last', `payload${end}`, true],
] as const)('%s', async (_what, rest, whole) => {
  expect(await readAll(Buffer.from(begin + rest), 5)).toMatchObject({ whole })
})

test('output without a BEGIN is handed back, as much of it as a person wants to read', async () => {
  expect(await readAll(Buffer.from('This account is not available.\n'), 7)).toEqual({
    noise: Buffer.from('This account is not available.\n'),
  })
  const { noise } = await readAll(Buffer.alloc(100_000, 'y\n'), 500)
  expect(noise?.length).toBeLessThanOrEqual(4096)
})
