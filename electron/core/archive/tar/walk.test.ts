import { execFileSync } from 'node:child_process'
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../../shared/errors.ts'
import type { EntryMeta } from '../archive-writer.ts'
import { SparseExpander } from './sparse.ts'
import { TarWalk } from './walk.ts'

interface Walked {
  readonly meta: EntryMeta
  readonly content: Buffer
  readonly offset: number
}

function walk(tar: Buffer, chunkSize = 65_536): { entries: Walked[]; special: string[]; size: number } {
  const entries: Walked[] = []
  const special: string[] = []
  const tarWalk = new TarWalk()
  let pieces: Buffer[] = []
  let expander: SparseExpander | null = null
  let size = 0
  const take = (piece: { kind: 'data'; chunk: Buffer } | { kind: 'hole'; length: number }) =>
    pieces.push(piece.kind === 'data' ? piece.chunk : Buffer.alloc(piece.length))
  let current: { meta: EntryMeta; offset: number } | null = null
  for (let at = 0; at < tar.length; at += chunkSize) {
    for (const event of tarWalk.push(tar.subarray(at, at + chunkSize))) {
      if (event.kind === 'entry') {
        current = event
        pieces = []
        expander = event.sparse ? new SparseExpander(event.meta.size) : null
      } else if (event.kind === 'data') {
        if (!expander) pieces.push(event.chunk)
        else for (const piece of expander.push(event.chunk)) take(piece)
      } else if (event.kind === 'entry-end') {
        for (const piece of expander?.finish() ?? []) take(piece)
        entries.push({ meta: current!.meta, offset: current!.offset, content: Buffer.concat(pieces) })
      } else if (event.kind === 'special') special.push(event.path.toString())
      else size = event.size
    }
  }
  tarWalk.finish()
  return { entries, special, size }
}

function faultOf(action: () => unknown): unknown {
  try {
    action()
    return null
  } catch (error) {
    expect(error).toBeInstanceOf(AppError)
    return (error as AppError).details?.['reason']
  }
}

let folder = ''
const tar = (...args: string[]) =>
  execFileSync('tar', ['-C', folder, '-c', ...args, '.'], {
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 1e9,
  })

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'walk-'))
  const long = 'a-long-name-'.repeat(12)
  mkdirSync(join(folder, 'sub', long), { recursive: true })
  writeFileSync(join(folder, 'plain.txt'), 'hello')
  writeFileSync(join(folder, 'empty'), '')
  writeFileSync(join(folder, 'block'), Buffer.alloc(512, 7))
  writeFileSync(join(folder, 'sub', long, `${long}.txt`), 'deep')
  writeFileSync(
    Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('\n')]),
    'latin',
  )
  symlinkSync(long.repeat(2), join(folder, 'link'))
  linkSync(join(folder, 'plain.txt'), join(folder, 'zz-hard'))
  utimesSync(join(folder, 'plain.txt'), 1_700_000_000.25, 1_700_000_000.25)
  execFileSync('mkfifo', [join(folder, 'fifo')])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('TarWalk', () => {
  it.each(['gnu', 'oldgnu', 'posix'])(
    'reads what GNU tar writes in the %s format, in chunks of any size',
    (format) => {
      const bytes = tar(`--format=${format}`, '--sort=name')
      const whole = walk(bytes)
      for (const chunkSize of [1, 511, 513, 10_000]) expect(walk(bytes, chunkSize)).toEqual(whole)
      const named = new Map(whole.entries.map((entry) => [entry.meta.path.toString('latin1'), entry]))
      expect(named.get('./plain.txt')).toMatchObject({
        content: Buffer.from('hello'),
        meta: { type: 'file' },
      })
      expect(named.get('./caf\xe9\n')?.content.toString()).toBe('latin')
      expect(named.get('./link')?.meta.linkTarget?.length).toBe(288)
      expect(named.get('./zz-hard')?.meta).toMatchObject({
        type: 'hardlink',
        linkTarget: Buffer.from('./plain.txt'),
      })
      expect([...named.values()].some((entry) => entry.content.toString() === 'deep')).toBe(true)
      expect(named.get('./sub')?.meta.type).toBe('directory')
      expect(whole.special).toEqual(['./fifo'])
      const fraction = format === 'posix' ? 250_000_000n : 0n
      expect(named.get('./plain.txt')?.meta.mtime).toBe(1_700_000_000_000_000_000n + fraction)
    },
  )

  it('says where each entry begins, its extension blocks included', () => {
    const bytes = tar('--format=posix', '--sort=name')
    const { entries } = walk(bytes)
    expect(entries[0]?.offset).toBe(0)
    for (const { offset } of entries)
      expect(bytes.toString('latin1', offset + 257, offset + 262)).toBe('ustar')
    expect(new Set(entries.map(({ offset }) => offset)).size).toBe(entries.length)
  })

  it('tells a cut in a member, a cut between members and a damaged header apart', () => {
    const bytes = tar('--format=gnu', '--sort=name', '--exclude=fifo')
    const { entries, size } = walk(bytes)
    const content = entries.find(({ meta }) => meta.path.toString() === './plain.txt')!
    const next = entries.find(({ offset }) => offset > content.offset)!
    expect(faultOf(() => walk(bytes.subarray(0, content.offset + 514)))).toBe('cut-in-member')
    expect(faultOf(() => walk(bytes.subarray(0, content.offset + 300)))).toBe('cut-in-header')
    expect(faultOf(() => walk(bytes.subarray(0, next.offset)))).toBe('cut-at-boundary')
    expect(faultOf(() => walk(bytes.subarray(0, size - 512)))).toBe('cut-at-boundary')
    const damaged = Buffer.from(bytes)
    damaged[next.offset + 3]! ^= 1
    expect(faultOf(() => walk(damaged))).toBe('bad-checksum')
  })

  it('refuses bytes after the two zero blocks, but not zeros', () => {
    const bytes = tar('--format=gnu')
    expect(faultOf(() => walk(Buffer.concat([bytes, Buffer.alloc(5)])))).toBe(null)
    expect(faultOf(() => walk(Buffer.concat([bytes, Buffer.from('x')])))).toBe('trailing-bytes')
  })

  it('refuses a single zero block between entries', () => {
    const bytes = tar('--format=gnu')
    const second = walk(bytes).entries[1]!.offset
    const spoiled = Buffer.concat([bytes.subarray(0, second), Buffer.alloc(512), bytes.subarray(second)])
    expect(faultOf(() => walk(spoiled))).toBe('one-zero-block')
  })

  it('applies global pax records until a local one says otherwise', () => {
    const bytes = tar(
      '--format=posix',
      '--sort=name',
      '--pax-option=globexthdr.name=g,uname=worldwide',
      '--exclude=fifo',
    )
    const names = new Set(walk(bytes).entries.map(({ meta }) => meta.uname))
    expect([...names]).toEqual(['worldwide'])
  })

  it('names the kinds of tar that it does not read', () => {
    const bytes = tar('--format=gnu', `--listed-incremental=${folder}/../walk-${process.pid}.snar`)
    rmSync(`${folder}/../walk-${process.pid}.snar`)
    expect(() => walk(bytes)).toThrow(expect.objectContaining({ code: 'unsupported' }))
  })

  it('expands GNU.sparse 1.0', () => {
    const path = join(folder, 'sparse')
    writeFileSync(path, 'begin')
    truncateSync(path, 3_000_000)
    writeFileSync(path, 'end', { flag: 'a' })
    const bytes = tar('--format=posix', '--sparse', '--sort=name')
    rmSync(path)
    expect(bytes.length).toBeLessThan(1_000_000)
    for (const chunkSize of [65_536, 100]) {
      const entry = walk(bytes, chunkSize).entries.find(({ meta }) => meta.path.toString() === './sparse')!
      expect(entry.meta.size).toBe(3_000_003)
      const content = Buffer.alloc(3_000_003)
      content.write('begin')
      content.write('end', 3_000_000)
      expect(entry.content.equals(content)).toBe(true)
    }
  })
})
