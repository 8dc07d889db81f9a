import { gzipSync } from 'node:zlib'
import { end } from './raw-tar.ts'

/** Where an archive tries to get. */
export interface Place {
  /** A folder outside, absolute; it holds the file `secret`. Reached by `../../../victim` too. */
  readonly victim: string
}

/**
 * One archive that tries something. `escapes`: a program that guards nothing writes outside with it, which proves that
 * it is hostile. `broken`: a reader may refuse all of it.
 */
export interface HostileArchive {
  readonly name: string
  readonly nature: 'escapes' | 'tries' | 'broken'
  /** The tar, without gzip; null where the gzip is what is hostile. */
  readonly tar: ((place: Place) => Buffer) | null
  /** The archive as it is stored. */
  readonly stored: (place: Place) => Buffer
}

/** A gzipped tar of these blocks, closed as it should be. */
export function tar(
  name: string,
  blocks: (place: Place) => readonly Buffer[],
  nature: HostileArchive['nature'] = 'tries',
): HostileArchive {
  return unclosed(name, (place) => [...blocks(place), end], nature)
}

/** The same without the closing blocks. */
export function unclosed(
  name: string,
  blocks: (place: Place) => readonly Buffer[],
  nature: HostileArchive['nature'] = 'broken',
): HostileArchive {
  const bytes = (place: Place) => Buffer.concat(blocks(place))
  return { name, nature, tar: bytes, stored: (place) => gzipSync(bytes(place), { level: 1 }) }
}

/** Bytes that stand for an archive. */
export function stored(name: string, bytes: (place: Place) => Buffer): HostileArchive {
  return { name, nature: 'broken', tar: null, stored: bytes }
}
