import { isAscii, isUtf8 } from 'node:buffer'
import type { EntryMeta } from '../archive-writer.ts'
import { blockSize, encodeHeader, padding, type HeaderFields } from './header.ts'
import { octalLimit } from './number.ts'
import { encodePaxRecord, encodePaxTime, isCarried } from './pax.ts'

const typeflags = { file: '0', hardlink: '1', symlink: '2', directory: '5' } as const
const second = 1_000_000_000n
const slash = 0x2f
const nothing = Buffer.alloc(0)
const extensionName = Buffer.from('././@PaxHeader')
const longName = Buffer.from('././@LongLink')

/**
 * All header blocks of one entry, up to its content (FORMAT §2): GNU `K` and `L` entries for names that do not
 * fit a ustar block (older readers know nothing else), a pax header where a value needs one, and the ustar block.
 * Names that are not UTF-8 never stand in pax records. Equal input gives equal bytes. `extended`: something precedes
 * the ustar block in any case, at least a pax header with the mtime.
 */
export function encodeEntry(
  meta: EntryMeta,
  { extended = false }: { readonly extended?: boolean } = {},
): Buffer {
  const path = meta.type === 'directory' ? Buffer.concat([meta.path, Buffer.from('/')]) : meta.path
  const target = meta.linkTarget ?? nothing
  const size = meta.type === 'file' ? meta.size : 0
  const split = splitName(path)
  const records = paxRecords(meta, path, split === null, target, size)
  const extensions: [string, Buffer, Buffer][] = []
  if (target.length > 100) extensions.push(['K', longName, Buffer.concat([target, Buffer.alloc(1)])])
  if (split === null) extensions.push(['L', longName, Buffer.concat([path, Buffer.alloc(1)])])
  if (extended && extensions.length + records.length === 0) {
    records.push(encodePaxRecord('mtime', encodePaxTime(meta.mtime)))
  }
  if (records.length > 0) extensions.push(['x', extensionName, Buffer.concat(records)])

  let length = blockSize
  for (const [, , body] of extensions) length += blockSize + body.length + padding(body.length)
  const blocks = Buffer.alloc(length)
  let at = 0
  for (const [typeflag, name, body] of extensions) {
    encodeHeader(blocks, at, { name, typeflag, size: body.length })
    body.copy(blocks, at + blockSize)
    at += blockSize + body.length + padding(body.length)
  }
  encodeHeader(blocks, at, fields(meta, split ?? { prefix: nothing, name: path }, target, size))
  return blocks
}

function fields(
  meta: EntryMeta,
  split: { prefix: Buffer; name: Buffer },
  linkName: Buffer,
  size: number,
): HeaderFields {
  return {
    ...split,
    linkName,
    size,
    typeflag: typeflags[meta.type],
    mode: meta.mode & 0o7777,
    uid: meta.uid,
    gid: meta.gid,
    uname: fitsOwner(meta.uname) ? meta.uname : '',
    gname: fitsOwner(meta.gname) ? meta.gname : '',
    mtime: Number(floorSeconds(meta.mtime)),
  }
}

function paxRecords(meta: EntryMeta, path: Buffer, long: boolean, target: Buffer, size: number): Buffer[] {
  const records: Buffer[] = []
  const add = (key: string, value: Buffer | string) => records.push(encodePaxRecord(key, value))
  if ((long || !isAscii(path)) && isUtf8(path)) add('path', path)
  if ((target.length > 100 || !isAscii(target)) && isUtf8(target)) add('linkpath', target)
  if (size > octalLimit(12)) add('size', String(size))
  if (meta.uid > octalLimit(8)) add('uid', String(meta.uid))
  if (meta.gid > octalLimit(8)) add('gid', String(meta.gid))
  if (!fitsOwner(meta.uname)) add('uname', meta.uname)
  if (!fitsOwner(meta.gname)) add('gname', meta.gname)
  const seconds = floorSeconds(meta.mtime)
  if (seconds * second !== meta.mtime || seconds < 0n || seconds > BigInt(octalLimit(12))) {
    add('mtime', encodePaxTime(meta.mtime))
  }
  for (const [key, value] of meta.pax ?? []) if (isCarried(key)) add(key, value)
  return records
}

/** How a path stands in the name and prefix fields, or null where it does not fit. */
function splitName(path: Buffer): { prefix: Buffer; name: Buffer } | null {
  if (path.length <= 100) return { prefix: nothing, name: path }
  const at = path.indexOf(slash, path.length - 101)
  if (at < 1 || at > 155 || at >= path.length - 1) return null
  return { prefix: path.subarray(0, at), name: path.subarray(at + 1) }
}

function fitsOwner(name: string): boolean {
  return /^[\x20-\x7e]{0,31}$/.test(name)
}

function floorSeconds(time: bigint): bigint {
  const seconds = time / second
  return time < 0n && seconds * second !== time ? seconds - 1n : seconds
}
