import { AppError } from '../../../shared/errors.ts'
import type { EntryMeta } from './archive-writer.ts'

/** A piece of an archive that can be inflated alone: `s` inside a gzip member, `m` a whole member (FORMAT §2). */
export interface Segment {
  readonly kind: 's' | 'm'
  /** Where it lies in the archive, in bytes. */
  readonly offset: number
  readonly length: number
  /** What it holds, in bytes of tar. */
  readonly tarOffset: number
  readonly tarLength: number
  /** Of the tar bytes. */
  readonly crc32: number
  /** Of the stored bytes. */
  readonly sha256: Buffer
}

/** One entry of an archive, as the index has it. Names are bytes. */
export interface IndexEntry {
  readonly path: Buffer
  readonly type: EntryMeta['type']
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint
  readonly ctime: bigint | null
  /** Of a file's content. */
  readonly sha256: Buffer | null
  /** Tar offset of its first header block, extension blocks included. */
  readonly offset: number
  readonly linkTarget: Buffer | null
}

/** A part of an entry: bytes `from` up to `to` of its content. */
export interface EntryPart {
  readonly kind: string
  /** Offset of the entry that it belongs to. */
  readonly entry: number
  readonly name: string
  readonly from: number
  readonly to: number
}

export interface IndexEnd {
  readonly entries: number
  readonly segments: number
  /** Bytes of the archive. */
  readonly size: number
  /** SHA-256 of the concatenated raw SHA-256 of the segments, in hex. */
  readonly tree: string
}

/** A line of an index. `other` is of a kind that this version does not know. */
export type IndexLine =
  | { readonly kind: 'head'; readonly format: number; readonly id: string }
  | { readonly kind: 'segment'; readonly segment: Segment }
  | { readonly kind: 'entry'; readonly entry: IndexEntry }
  | { readonly kind: 'part'; readonly part: EntryPart }
  | { readonly kind: 'warning'; readonly code: string; readonly path: string }
  | { readonly kind: 'end'; readonly end: IndexEnd }
  | { readonly kind: 'other' }

type Raw = Readonly<Record<string, unknown>>

const types: Readonly<Record<string, EntryMeta['type']>> = {
  f: 'file',
  d: 'directory',
  l: 'symlink',
  h: 'hardlink',
}

/** Decodes one line. Throws `corrupt` where it is not JSON, or a field of a known line is not what it must be. */
export function decodeIndexLine(line: string): IndexLine {
  const raw = parse(line)
  if ('m' in raw) return { kind: 'segment', segment: segment(raw['m']) }
  if ('p' in raw && !('w' in raw)) return { kind: 'entry', entry: entry(raw, Buffer.from(text(raw['p']))) }
  if ('b' in raw) return { kind: 'entry', entry: entry(raw, base64(raw['b'])) }
  if ('x' in raw) return { kind: 'part', part: part(raw) }
  if ('w' in raw) return { kind: 'warning', code: text(raw['w']), path: text(raw['p']) }
  if ('end' in raw) return { kind: 'end', end: end(record(raw['end'])) }
  if ('format' in raw) return { kind: 'head', format: count(raw['format']), id: text(raw['id']) }
  return { kind: 'other' }
}

function parse(line: string): Raw {
  try {
    return record(JSON.parse(line))
  } catch (cause) {
    throw badLine(cause)
  }
}

function segment(value: unknown): Segment {
  if (!Array.isArray(value) || value.length < 7) throw badLine()
  const [kind, offset, length, tarOffset, tarLength, crc, sha256] = value as unknown[]
  if (kind !== 's' && kind !== 'm') throw badLine()
  return {
    kind,
    offset: count(offset),
    length: count(length),
    tarOffset: count(tarOffset),
    tarLength: count(tarLength),
    crc32: count(crc),
    sha256: digest(sha256),
  }
}

function entry(raw: Raw, path: Buffer): IndexEntry {
  const type = types[text(raw['t'])]
  if (type === undefined || path.length === 0) throw badLine()
  return {
    path,
    type,
    size: count(raw['s'] ?? 0),
    mode: count(raw['o']),
    uid: count(raw['u']),
    gid: count(raw['g']),
    mtime: nanoseconds(raw['d']),
    ctime: raw['c'] === undefined ? null : nanoseconds(raw['c']),
    sha256: raw['h'] === undefined ? null : digest(raw['h']),
    offset: count(raw['a']),
    linkTarget: link(raw),
  }
}

function link(raw: Raw): Buffer | null {
  if (raw['l'] !== undefined) return Buffer.from(text(raw['l']))
  return raw['lb'] === undefined ? null : base64(raw['lb'])
}

function part(raw: Raw): EntryPart {
  const range: unknown = raw['r']
  if (!Array.isArray(range)) throw badLine()
  const [from, to] = range as unknown[]
  return {
    kind: text(raw['x']),
    entry: count(raw['e']),
    name: text(raw['n']),
    from: count(from),
    to: count(to),
  }
}

function end(raw: Raw): IndexEnd {
  return {
    entries: count(raw['entries']),
    segments: count(raw['segments']),
    size: count(raw['size']),
    tree: digest(raw['tree']).toString('hex'),
  }
}

function record(value: unknown): Raw {
  if (typeof value !== 'object' || value === null) throw badLine()
  return value as Raw
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw badLine()
  return value
}

function count(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw badLine()
  return value
}

function nanoseconds(value: unknown): bigint {
  if (typeof value !== 'string' || !/^-?[0-9]{1,30}$/.test(value)) throw badLine()
  return BigInt(value)
}

function digest(value: unknown): Buffer {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) throw badLine()
  return Buffer.from(value, 'hex')
}

function base64(value: unknown): Buffer {
  return Buffer.from(text(value), 'base64')
}

function badLine(cause?: unknown): AppError {
  return new AppError(
    'corrupt',
    'The index holds a line that makes no sense; it can be rebuilt from the archive.',
    {
      cause,
    },
  )
}
