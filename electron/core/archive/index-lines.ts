import { isUtf8 } from 'node:buffer'
import type { WarningCode } from '../../../shared/model/backup.ts'
import type { EntryMeta } from './archive-writer.ts'
import type { EntryPart, IndexEnd, Segment } from './index-decode.ts'

/*
 * The lines of an index (FORMAT §3), each with its newline. A component's `sha256` in the manifest is over its
 * entry and part lines (`p`, `b`, `x`) as they stand in the index, newlines included, in order; `m` and `w` lines
 * fall between them at any place and do not count. An entry belongs to the component whose segments its tar offset
 * lies in.
 */

const letters = { file: 'f', directory: 'd', symlink: 'l', hardlink: 'h' } as const

/** The first line. */
export function headLine(id: string): string {
  return encode({ format: 1, id })
}

export function segmentLine(segment: Segment): string {
  const { kind, offset, length, tarOffset, tarLength, crc32, sha256 } = segment
  return encode({ m: [kind, offset, length, tarOffset, tarLength, crc32, sha256.toString('hex')] })
}

/** An entry that begins at `offset` of the tar. `sha256` in hex, for files. */
export function entryLine(meta: EntryMeta, facts: { offset: number; sha256: string | null }): string {
  const { path, linkTarget, ctime } = meta
  return encode({
    ...(isUtf8(path) ? { p: path.toString() } : { b: path.toString('base64') }),
    t: letters[meta.type],
    s: meta.type === 'file' ? meta.size : 0,
    o: meta.mode & 0o7777,
    u: meta.uid,
    g: meta.gid,
    d: meta.mtime.toString(),
    ...(ctime !== undefined && { c: ctime.toString() }),
    ...(facts.sha256 !== null && { h: facts.sha256 }),
    a: facts.offset,
    ...(linkTarget && link(linkTarget)),
  })
}

function link(target: Buffer): { l: string } | { lb: string } {
  return isUtf8(target) ? { l: target.toString() } : { lb: target.toString('base64') }
}

export function partLine(part: EntryPart): string {
  return encode({ x: part.kind, e: part.entry, n: part.name, r: [part.from, part.to] })
}

/** A warning, or a path that was skipped on purpose. `path` is a `RemoteName`. */
export function warningLine(code: WarningCode | 'skipped', path: string, note?: string): string {
  return encode({ w: code, p: path, ...(note !== undefined && { n: note }) })
}

/** The last line: without it an index is void. */
export function endLine(end: IndexEnd): string {
  return encode({ end })
}

function encode(line: object): string {
  return `${JSON.stringify(line)}\n`
}
