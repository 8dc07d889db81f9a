import { AppError } from '../../../shared/errors.ts'
import type { Key } from './destination.ts'

/** Printable ASCII that every file system and bucket takes, Windows included; no separator but `/`. */
const segmentPattern = /^[ -~]{1,200}$/
const refusedCharacters = /[<>:"|?*\\]/
const windowsDevice = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i
const reservedPrefix = '.holdfast-'
const longestKey = 1000

/** True for a segment that means the same everywhere. */
function isSegment(segment: string): boolean {
  return (
    segmentPattern.test(segment) &&
    !refusedCharacters.test(segment) &&
    !/[. ]$/.test(segment) &&
    !segment.startsWith(' ') &&
    !windowsDevice.test(segment) &&
    !segment.startsWith(reservedPrefix)
  )
}

/**
 * True for a key that every destination can store under exactly this name: relative, `/`-separated, segments of 1 to
 * 200 printable ASCII characters without `\ < > : " | ? *`, not beginning with a space or ending in a dot or space,
 * no `.` or `..`, no Windows device name, nothing that begins with `.holdfast-`. Whoever stores leaves 17 characters
 * of the last segment free, for the name of the unfinished upload.
 */
export function isKey(key: string): boolean {
  return key.length <= longestKey && key.split('/').every(isSegment)
}

/** @throws `invalid-input` where the key could not be stored everywhere. */
export function assertKey(key: Key): void {
  if (!isKey(key)) {
    throw new AppError(
      'invalid-input',
      `${JSON.stringify(key)} cannot be a name at a destination. Nothing was written.`,
    )
  }
}

/**
 * Where the bytes of an unfinished upload lie: `<stem>.partial` for an archive, sealed or not, which is also its
 * claim (docs: the archive, "Names"); `<key>.partial` for anything else.
 */
export function partialOf(key: Key): Key {
  return `${stemOf(key)}.partial`
}

const stemOf = (key: Key): string => key.replace(/\.tar\.gz(\.age)?$/, '')

/** The claim of a key in a bucket, where the bytes of an unfinished upload cannot be listed. */
export function claimOf(key: Key): Key {
  return `${stemOf(key)}.claim`
}

/** True for a claim in a bucket: `.claim`, or `.claim-` and 8 hex digits where several may try at once. */
export function isClaim(key: Key): boolean {
  return /\.claim(-[0-9a-f]{8})?$/.test(key)
}

/** True for what stands for an upload that was not finished. */
export function isUnfinished(key: Key): boolean {
  return key.endsWith('.partial') || isClaim(key)
}
