import { gzipSync } from 'node:zlib'
import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { bufferSource } from './byte-source.ts'
import { accountEntries, buildFixture } from './fixture.ts'
import { readIndexSegments } from './index-read.ts'
import type { Segment } from './index-decode.ts'
import { inflateSegment, readSegment, readSegments } from './segment-read.ts'

const { signal } = new AbortController()
const fixture = buildFixture(accountEntries)
const source = bufferSource(fixture.archive)
const { segments } = await readIndexSegments(bufferSource(fixture.index), { signal })

function stored({ offset, length }: Segment): Buffer {
  return Buffer.from(fixture.archive.subarray(offset, offset + length))
}

function described(bytes: Buffer, segment: Segment, kind: Segment['kind'] = 's'): Segment {
  return { ...segment, kind, length: bytes.length, sha256: hash('sha256', bytes, 'buffer') }
}

describe('reading segments', () => {
  test('gives the tar back, piece by piece', async () => {
    expect(segments.length).toBeGreaterThan(5)
    const tar: Buffer[] = []
    for await (const { bytes } of readSegments(source, segments, { signal, ahead: 3 })) tar.push(bytes)
    expect(Buffer.concat(tar).equals(fixture.tar)).toBe(true)
  })

  test('reads a whole member as a segment of kind m', async () => {
    const [, first] = segments
    const tar = fixture.tar.subarray(first!.tarOffset, first!.tarOffset + first!.tarLength)
    const member = gzipSync(tar)
    expect((await inflateSegment(described(member, first!, 'm'), member)).equals(tar)).toBe(true)
    const more = Buffer.concat([member, Buffer.from([0])])
    await expect(inflateSegment(described(more, first!, 'm'), more)).rejects.toMatchObject({
      code: 'corrupt',
    })
  })

  test('refuses a flipped bit by the SHA-256 alone, before anything is inflated', async () => {
    const segment = segments[2]!
    const bytes = stored(segment)
    bytes[bytes.length >> 1] = bytes.readUInt8(bytes.length >> 1) ^ 1
    await expect(inflateSegment(segment, bytes)).rejects.toThrow(/SHA-256/)
  })

  test('refuses a segment that was cut, with the SHA-256 of the cut', async () => {
    const segment = segments[2]!
    for (const length of [segment.length - 1, segment.length - 100, 5, 0]) {
      const bytes = stored(segment).subarray(0, length)
      await expect(inflateSegment(described(bytes, segment), bytes)).rejects.toMatchObject({
        code: 'corrupt',
      })
    }
  })

  test('refuses blocks that close the stream, which other readers would stop at', async () => {
    const segment = segments[2]!
    const bytes = Buffer.concat([stored(segment), Buffer.from([3, 0])])
    await expect(inflateSegment(described(bytes, segment), bytes)).rejects.toMatchObject({ code: 'corrupt' })
  })

  test.each([
    ['another CRC-32', { crc32: crc32('other') }],
    ['a shorter length', { tarLength: 512 }],
    ['a longer length', { tarLength: 60_000_000 }],
    ['more than any segment may hold', { tarLength: 65 * 1024 * 1024 }],
    ['a stored length beyond any segment', { length: 80 * 1024 * 1024 }],
    ['a place beyond the end of the file', { offset: fixture.archive.length - 3 }],
  ])('refuses an index that claims %s', async (_, claim) => {
    const lie = { ...segments[1]!, ...claim }
    await expect(readSegment(source, lie, { signal })).rejects.toMatchObject({ code: 'corrupt' })
  })

  test('yields what came before the bad one and nothing after it', async () => {
    const lies = segments.map((segment, at) => (at === 3 ? { ...segment, crc32: 1 } : segment))
    const seen: number[] = []
    const read = async (): Promise<void> => {
      for await (const { segment } of readSegments(source, lies, { signal })) seen.push(segment.tarOffset)
    }
    await expect(read()).rejects.toMatchObject({ code: 'corrupt' })
    expect(seen).toEqual(segments.slice(0, 3).map(({ tarOffset }) => tarOffset))
  })

  test('stops when it is cancelled', async () => {
    const abort = new AbortController()
    const read = async (): Promise<void> => {
      for await (const _ of readSegments(source, segments, { signal: abort.signal, ahead: 1 })) abort.abort()
    }
    await expect(read()).rejects.toMatchObject({ code: 'cancelled' })
  })
})
