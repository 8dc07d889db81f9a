import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { constants, deflateRawSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readMembers, type Member, type TrailingBytes } from './member.ts'

const { signal } = new AbortController()

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  await Promise.resolve()
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function inflate(bytes: Buffer, size = 70_000): Promise<Buffer> {
  const out: Buffer[] = []
  for await (const chunk of readMembers(pieces(bytes, size), { signal })) out.push(chunk)
  return Buffer.concat(out)
}

const text = Buffer.concat([Buffer.from('all work and no play '.repeat(9000)), randomBytes(100_000)])

describe('reading gzip members', () => {
  test.each([1, 2, 7, 512, 65_536, 10_000_000])('inflates chunks of %d bytes', async (size) => {
    const small = size < 10 ? text.subarray(0, 3000) : text
    expect((await inflate(gzipSync(small), size)).equals(small)).toBe(true)
  })

  test('inflates several members, empty ones included, and says where each lies', async () => {
    const parts = [text, Buffer.alloc(0), Buffer.from('x')]
    const members: Member[] = []
    const out: Buffer[] = []
    const file = Buffer.concat(parts.map((part) => gzipSync(part)))
    for await (const chunk of readMembers(pieces(file, 1000), {
      signal,
      onMember: (member) => members.push(member),
    })) {
      out.push(chunk)
    }
    expect(Buffer.concat(out).equals(Buffer.concat(parts))).toBe(true)
    expect(members.map(({ tarOffset, tarLength }) => [tarOffset, tarLength])).toEqual([
      [0, text.length],
      [text.length, 0],
      [text.length, 1],
    ])
    for (const { offset, length } of members) {
      expect(await inflate(file.subarray(offset, offset + length))).toBeInstanceOf(Buffer)
    }
    expect(members.reduce((sum, { length }) => sum + length, 0)).toBe(file.length)
  })

  test('reads what gzip with a file name in its header wrote', async () => {
    const named = execFileSync('gzip', ['-N', '-c'], { input: text })
    const flags = Buffer.concat([
      Buffer.from('1f8b081f00000000000304000102030461006200', 'hex').subarray(0, 16),
      Buffer.from('name\0comment\0'),
      Buffer.from([0, 0]),
      named.subarray(10),
    ])
    expect((await inflate(named)).equals(text)).toBe(true)
    expect((await inflate(flags, 3000)).equals(text)).toBe(true)
  })

  test('notices every cut and every flipped bit of a small file', async () => {
    const file = gzipSync(Buffer.from('holdfast '.repeat(40)))
    const accepted: string[] = []
    for (let at = 0; at < file.length; at += 1) {
      await inflate(file.subarray(0, at)).then(
        () => accepted.push(`cut at ${at}`),
        () => null,
      )
      const flipped = Buffer.from(file)
      flipped[at] = flipped.readUInt8(at) ^ 0x10
      const meaningless = (at > 3 && at < 10) || at === file.length - 9
      if (meaningless) continue
      await inflate(flipped).then(
        () => accepted.push(`flip at ${at}`),
        () => null,
      )
    }
    expect(accepted).toEqual([])
  })

  test('refuses bytes after the last member, unless somebody wants to know', async () => {
    const file = Buffer.concat([gzipSync(text), Buffer.alloc(10_240)])
    await expect(inflate(file)).rejects.toMatchObject({ code: 'corrupt', details: { length: 10_240 } })
    const trailing: TrailingBytes[] = []
    for await (const _ of readMembers(pieces(file, 5000), { signal, onTrailing: (t) => trailing.push(t) }));
    expect(trailing).toEqual([{ offset: file.length - 10_240, length: 10_240 }])
  })

  test('stops at the cap of a bomb, having held little of it', async () => {
    const block = deflateRawSync(Buffer.alloc(64 * 1024 * 1024), { finishFlush: constants.Z_SYNC_FLUSH })
    const bomb = Buffer.concat([
      Buffer.from('1f8b0800000000000003', 'hex'),
      ...Array<Buffer>(100).fill(block),
    ])
    const before = process.memoryUsage.rss()
    const read = async (): Promise<void> => {
      for await (const _ of readMembers(pieces(bomb, 1_000_000), { signal, cap: 300_000_000 }));
    }
    await expect(read()).rejects.toThrow(/more than 300000000 bytes/)
    expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000)
  })

  test('can be left early and cancelled', async () => {
    for await (const chunk of readMembers(pieces(gzipSync(text), 1000), { signal })) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    const abort = new AbortController()
    const read = async (): Promise<void> => {
      for await (const _ of readMembers(pieces(gzipSync(text), 1000), abort)) abort.abort()
    }
    await expect(read()).rejects.toMatchObject({ code: 'cancelled' })
  })
})
