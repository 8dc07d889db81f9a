import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { segmentLimit, SegmentPress, type PressedSegment } from './segment-press.ts'
import { noise, text } from './test-archive.ts'

async function press(contents: readonly Buffer[], parallelism = 2, prove = false): Promise<PressedSegment[]> {
  const segments: PressedSegment[] = []
  const sink = (segment: PressedSegment) => Promise.resolve(void segments.push(segment))
  const segmentPress = new SegmentPress({ level: 4, parallelism, prove, sink })
  for (const content of contents) {
    const buffer = segmentPress.buffer()
    content.copy(buffer)
    segmentPress.add(buffer, content.length)
    if (segmentPress.full) await segmentPress.ready()
  }
  await segmentPress.flush()
  return segments
}

const inflate = ({ data }: PressedSegment) => inflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH })

it('hands segments on in order, whichever is done first', async () => {
  const contents = [noise(segmentLimit), text(100), noise(segmentLimit, 1), text(segmentLimit), text(7)]
  const segments = await press(contents, 4)
  expect(segments.map((segment, i) => inflate(segment).equals(contents[i]!))).toEqual(Array(5).fill(true))
})

it('stores what looks compressible where it was looked at, and is not', async () => {
  const content = Buffer.from(noise(segmentLimit))
  for (let i = 0; i < 16; i += 1) {
    const at = Math.floor((i * (segmentLimit - 4096)) / 15)
    content.fill(0, at, at + 4096)
  }
  const [segment] = await press([content])
  expect(segment!.data.length).toBeGreaterThan(segmentLimit)
  expect(inflate(segment!).equals(content)).toBe(true)
})

it('takes a quicker level for what shrinks little, and the highest for what shrinks well', async () => {
  const well = text(segmentLimit)
  const hex = Buffer.from(noise(segmentLimit / 2).toString('hex'))
  const segments = await press([well, hex])
  const at = (level: number, content: Buffer) =>
    deflateRawSync(content, { level, memLevel: 9, finishFlush: constants.Z_SYNC_FLUSH })
  expect(segments.map(({ data }) => data.length)).toEqual([at(4, well).length, at(2, hex).length])
  expect(at(2, hex).length).not.toBe(at(4, hex).length)
})

it('proves each segment where nobody reads it back: one whose tar changed meanwhile is not handed on', async () => {
  expect((await press([text(100_000), noise(5000)], 2, true)).length).toBe(2)
  // Other threads read it: the change must come after the deflating has begun and before the proof.
  const spoil = async (): Promise<unknown> => {
    const options = { level: 4, parallelism: 2, prove: true, sink: () => Promise.resolve() }
    const segmentPress = new SegmentPress(options)
    const buffer = segmentPress.buffer()
    text(1_000_000).copy(buffer)
    segmentPress.add(buffer, 1_000_000)
    setImmediate(() => buffer.fill(1, 0, 1000))
    return segmentPress.flush().then(
      () => null,
      (error: unknown) => error,
    )
  }
  const ended = []
  for (let tries = 0; tries < 20 && (ended.at(-1) ?? null) === null; tries += 1) ended.push(await spoil())
  expect(ended.at(-1)).toMatchObject({ code: 'internal' })
})
