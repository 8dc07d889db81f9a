import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EntryMeta } from '../archive-writer.ts'
import { encodeEntry } from './encode-entry.ts'
import { TarWalk } from './walk.ts'

const base: EntryMeta = {
  path: Buffer.from('files/a'),
  type: 'file',
  size: 0,
  mode: 0o644,
  uid: 1000,
  gid: 1000,
  uname: 'alice',
  gname: 'alice',
  mtime: 1_700_000_000_000_000_000n,
}

function decode(blocks: Buffer): EntryMeta {
  for (const event of new TarWalk().push(blocks)) if (event.kind === 'entry') return event.meta
  throw new Error('no entry')
}

function paxText(blocks: Buffer): string {
  return blocks.toString('latin1', 156, 157) === 'x' ? blocks.toString('latin1', 512) : ''
}

describe('encodeEntry', () => {
  it('needs one block where everything fits', () => {
    expect(encodeEntry(base).length).toBe(512)
    expect(decode(encodeEntry(base))).toEqual(base)
  })

  it('round-trips any names, owners, times and records', () => {
    const name = fc
      .uint8Array({ minLength: 1, maxLength: 400 })
      .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 0 ? 1 : byte))))
      .filter((bytes) => bytes.at(-1) !== 0x2f)
    const meta = fc.record({
      path: name,
      type: fc.constantFrom('file', 'directory'),
      mode: fc.integer({ min: 0, max: 0o7777 }),
      uid: fc.integer({ min: 0, max: 2 ** 32 }),
      gid: fc.integer({ min: 0, max: 2 ** 32 }),
      uname: fc.string({ maxLength: 60, unit: 'grapheme' }).filter((text) => !text.includes('\0')),
      gname: fc.string({ maxLength: 60, unit: 'grapheme-ascii' }),
      mtime: fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }),
      size: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
      pax: fc
        .uint8Array({ maxLength: 1200 })
        .map((bytes) => new Map([['SCHILY.xattr.user.x', Buffer.from(bytes)]])),
    })
    fc.assert(
      fc.property(meta, (given) => {
        const whole: EntryMeta = { ...given, size: given.type === 'file' ? given.size : 0 }
        expect(decode(encodeEntry(whole))).toEqual(whole)
      }),
      { numRuns: 300 },
    )
  })

  it.each(['symlink', 'hardlink'] as const)('keeps the target of a %s, whatever its bytes', (type) => {
    for (const linkTarget of [Buffer.from('x'), Buffer.alloc(101, 0xe9), Buffer.from('ü'.repeat(80))]) {
      const meta: EntryMeta = { ...base, type, linkTarget }
      expect(decode(encodeEntry(meta))).toEqual(meta)
    }
  })

  it('never writes a name that is not UTF-8 into a pax record', () => {
    const path = Buffer.from([0x63, 0xe9, 0x0a])
    expect(paxText(encodeEntry({ ...base, path }))).toBe('')
    const long = encodeEntry({ ...base, path: Buffer.alloc(300, 0xe9) })
    expect(long.toString('latin1')).not.toContain('path=')
    expect(long.toString('latin1', 156, 157)).toBe('L')
  })

  it('writes sizes from 8 GiB in base-256 and in a record', () => {
    const blocks = encodeEntry({ ...base, size: 9 * 2 ** 30 })
    expect(paxText(blocks)).toContain('size=9663676416\n')
    expect(blocks[1024 + 124]).toBe(0x80)
    expect(encodeEntry({ ...base, size: 8 * 2 ** 30 - 1 }).length).toBe(512)
  })

  it('keeps no other record than those of the format', () => {
    const blocks = encodeEntry({
      ...base,
      pax: new Map([
        ['comment', Buffer.from('no')],
        ['SCHILY.acl.access', Buffer.from('user::rw-')],
        ['LIBARCHIVE.creationtime', Buffer.from('1')],
      ]),
    })
    expect(paxText(blocks)).toMatch(/^31 SCHILY\.acl\.access=user::rw-\n\0+/)
    expect(paxText(blocks)).not.toMatch(/comment|LIBARCHIVE/)
  })

  it('keeps sub-second times before the epoch', () => {
    const meta = { ...base, mtime: -1_500_000_000n }
    expect(paxText(encodeEntry(meta))).toContain('mtime=-1.5\n')
    expect(decode(encodeEntry(meta))).toEqual(meta)
  })
})
