import { AppError } from '../../../../shared/errors.ts'
import type { EntryMeta } from '../archive-writer.ts'
import type { TarHeader } from './header.ts'
import { decodePaxNumber, decodePaxTime, isCarried } from './pax.ts'
import { tarError } from './tar-error.ts'

/** What the extension entries before a header said. */
export interface Extensions {
  /** Pax records, global ones below local ones. */
  readonly records: ReadonlyMap<string, Buffer>
  readonly longName: Buffer | null
  readonly longLink: Buffer | null
}

/** An entry as its header and extensions describe it together. */
export interface DescribedEntry {
  /** Null for sockets, FIFOs, devices and volume labels. */
  readonly meta: EntryMeta | null
  readonly path: Buffer
  /** Bytes of tar that follow the header, without padding. */
  readonly contentSize: number
  /** True for GNU.sparse 1.0: `meta` has the expanded size, the content begins with the map. */
  readonly sparse: boolean
}

const types: Readonly<Record<string, EntryMeta['type'] | 'special'>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'special',
  '4': 'special',
  '5': 'directory',
  '6': 'special',
  V: 'special',
}

/** Applies pax records, GNU long names and the customs of old tars to a header. Throws `corrupt`, `unsupported`. */
export function describeEntry(header: TarHeader, extensions: Extensions): DescribedEntry {
  const { records } = extensions
  const sparse = records.get('GNU.sparse.major')?.toString('latin1') === '1'
  const known = types[header.typeflag]
  if (known === undefined || (!sparse && hasOldSparse(records))) throw unsupported(header.typeflag)

  const named = value(records, sparse ? 'GNU.sparse.name' : 'path') ?? extensions.longName ?? header.name
  const path = withoutSlashes(named)
  if (path.length === 0) throw tarError('bad-header')
  const type = known === 'file' && named.length > path.length ? 'directory' : known
  const size = number(records, 'size') ?? header.size
  if (size < 0) throw tarError('bad-header')
  if (type === 'special') {
    return { meta: null, path, contentSize: header.typeflag === 'V' ? size : 0, sparse: false }
  }

  const mtime = value(records, 'mtime')
  const ctime = value(records, 'ctime')
  const isLink = type === 'hardlink' || type === 'symlink'
  const carried = carriedRecords(records)
  const realSize = sparse ? number(records, 'GNU.sparse.realsize') : size
  const meta: EntryMeta = {
    path,
    type,
    size: type === 'file' ? (realSize ?? size) : 0,
    mode: header.mode,
    uid: number(records, 'uid') ?? header.uid,
    gid: number(records, 'gid') ?? header.gid,
    uname: value(records, 'uname')?.toString() ?? header.uname,
    gname: value(records, 'gname')?.toString() ?? header.gname,
    mtime: mtime ? decodePaxTime(mtime) : BigInt(header.mtime) * 1_000_000_000n,
    ...(ctime && { ctime: decodePaxTime(ctime) }),
    ...(isLink && { linkTarget: value(records, 'linkpath') ?? extensions.longLink ?? header.linkName }),
    ...(carried && { pax: carried }),
  }
  return { meta, path, contentSize: type === 'file' ? size : 0, sparse: sparse && type === 'file' }
}

function carriedRecords(records: ReadonlyMap<string, Buffer>): Map<string, Buffer> | null {
  let carried: Map<string, Buffer> | null = null
  for (const [key, bytes] of records) if (isCarried(key)) carried = (carried ?? new Map()).set(key, bytes)
  return carried
}

/** An empty value takes a record back. */
function value(records: ReadonlyMap<string, Buffer>, key: string): Buffer | undefined {
  const bytes = records.get(key)
  return bytes?.length === 0 ? undefined : bytes
}

function number(records: ReadonlyMap<string, Buffer>, key: string): number | undefined {
  const bytes = value(records, key)
  return bytes && decodePaxNumber(bytes)
}

function withoutSlashes(name: Buffer): Buffer {
  let end = name.length
  while (end > 1 && name[end - 1] === 0x2f) end -= 1
  return end === name.length ? name : name.subarray(0, end)
}

function hasOldSparse(records: ReadonlyMap<string, Buffer>): boolean {
  return records.has('GNU.sparse.map') || records.has('GNU.sparse.offset')
}

function unsupported(typeflag: string): AppError {
  return new AppError(
    'unsupported',
    `The tar has an entry of a kind that Holdfast does not read (${JSON.stringify(typeflag)}); the entries before it are good. Repack it with tar --format=posix.`,
    { details: { typeflag } },
  )
}
