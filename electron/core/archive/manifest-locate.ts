import { constants, inflateRawSync } from 'node:zlib'
import { InnerManifest } from '../../../shared/model/backup.ts'
import type { ByteSource } from './byte-source.ts'
import { lastBlock, ownHeader, trailerLength } from './gzip-frame.ts'
import { segmentCap, type SegmentPlace } from './segment-read.ts'
import { TarWalk } from './tar/walk.ts'

/** How much of the end of an archive is looked through, one after the other; the manifest is in the first as a rule. */
const windows = [1024 * 1024, 16 * 1024 * 1024] as const
const flushMark = Buffer.from([0, 0, 0xff, 0xff])
const candidateCap = 2000
/** Deflated bytes that hold the first headers. */
const glance = 2048
/** Entries called `manifest.json` that are read whole; each may be as long as a segment. */
const wholeCap = 16

/** The manifest of an archive of ours, and where all segments lie, its own last. */
export interface LocatedManifest {
  readonly manifest: InnerManifest
  readonly places: readonly SegmentPlace[]
}

/**
 * Finds `manifest.json` at the end of an archive without an index: after a sync flush from which on the rest
 * inflates to that entry and the closing blocks (FORMAT §2). Null where there is none, or where its `restart` does
 * not add up to this archive, which then is read as any other gzip file.
 */
export async function locateManifest(
  source: ByteSource,
  { signal }: { readonly signal: AbortSignal },
): Promise<LocatedManifest | null> {
  const closing = lastBlock.length + trailerLength
  if (source.size < ownHeader.length + closing) return null
  const header = await source.read({ start: 0, end: ownHeader.length }, { signal })
  if (!header.equals(ownHeader)) return null
  const stop = source.size - trailerLength
  for (const window of windows) {
    const start = Math.max(0, stop - window)
    const tail = await source.read({ start, end: stop }, { signal })
    const found = searchTail(tail, start)
    if (found !== null || start === 0) return found
  }
  return null
}

function searchTail(tail: Buffer, start: number): LocatedManifest | null {
  const end = tail.length - lastBlock.length
  let mark = tail.lastIndexOf(flushMark, end - flushMark.length - 1)
  let whole = 0
  for (let tried = 0; mark >= 0 && tried < candidateCap && whole < wholeCap; tried += 1) {
    const at = mark + flushMark.length
    const likely = beginsManifest(tail.subarray(at, end))
    if (likely) whole += 1
    const tar = likely ? inflateTail(tail.subarray(at)) : null
    const manifest = tar === null ? null : manifestIn(tar)
    if (tar !== null && manifest !== null) {
      const length = end - at
      return placesOf(manifest, { kind: 's', offset: start + at, length, tarLength: tar.length })
    }
    mark = mark === 0 ? -1 : tail.lastIndexOf(flushMark, mark - 1)
  }
  return null
}

/** Looks at the first bytes only, so that many false marks in a hostile file cost little each. */
function beginsManifest(deflated: Buffer): boolean {
  try {
    const start = deflated.subarray(0, glance)
    for (const event of new TarWalk().push(inflateRawSync(start, { finishFlush: constants.Z_SYNC_FLUSH }))) {
      return event.kind === 'entry' && event.meta.path.toString() === 'manifest.json'
    }
  } catch {
    return false
  }
  return false
}

function inflateTail(deflated: Buffer): Buffer | null {
  try {
    return inflateRawSync(deflated, { maxOutputLength: segmentCap, finishFlush: constants.Z_FINISH })
  } catch {
    return null
  }
}

/** The manifest, where these bytes of tar are its entry, the two zero blocks, and nothing else. */
function manifestIn(tar: Buffer): InnerManifest | null {
  const walk = new TarWalk()
  const content: Buffer[] = []
  let entries = 0
  try {
    for (const event of walk.push(tar)) {
      if (event.kind === 'data') content.push(event.chunk)
      if (event.kind !== 'entry') continue
      entries += 1
      if (entries > 1 || event.meta.path.toString() !== 'manifest.json') return null
    }
    walk.finish()
    return entries === 1 ? InnerManifest.parse(JSON.parse(Buffer.concat(content).toString())) : null
  } catch {
    return null
  }
}

function placesOf(manifest: InnerManifest, own: Omit<SegmentPlace, 'tarOffset'>): LocatedManifest | null {
  const places: SegmentPlace[] = []
  let offset = ownHeader.length
  let tarOffset = 0
  for (const [length, tarLength] of manifest.restart) {
    places.push({ kind: 's', offset, length, tarOffset, tarLength })
    offset += length
    tarOffset += tarLength
  }
  if (offset !== own.offset) return null
  return { manifest, places: [...places, { ...own, tarOffset }] }
}
