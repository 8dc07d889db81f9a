import { createHash } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import { toRemoteName } from '../../../shared/remote-name.ts'
import type { ByteSource } from './byte-source.ts'
import { crc32Combine } from './crc32-combine.ts'
import { walkEntries, type WalkStep } from './entry-walk.ts'
import { trailerLength } from './gzip-frame.ts'
import type { Segment } from './index-decode.ts'
import { endLine, entryLine, headLine, segmentLine, warningLine } from './index-lines.ts'
import { locateManifest, type LocatedManifest } from './manifest-locate.ts'
import { readMembers, type Member } from './member.ts'
import { measureSegments } from './segment-read.ts'

interface RebuildOptions {
  readonly signal: AbortSignal
  /** The id that a foreign archive is given in its index; one of ours brings its own. */
  readonly foreignId: string
  /** Entries after which a foreign archive is refused as a bomb; default two million. */
  readonly entryCap?: number
}

/** A new index of an archive: its id, and its lines, each with its newline, made while the archive is read once. */
export interface RebuiltIndex {
  readonly id: string
  /** False for a foreign or repacked archive, whose members are its segments (kind `m`). */
  readonly own: boolean
  readonly lines: AsyncIterable<readonly string[]>
}

/**
 * Makes the index of an archive again from its bytes alone. An archive of ours is found by the manifest at its end
 * and gets the segments that it was written in; any other gzipped tar is cut where its members end. Parts of
 * entries, such as the tables of a dump, are not found again. Reading the lines throws `corrupt` where the archive
 * is damaged, `unsupported` where its tar has entries that nobody here can read.
 */
export async function rebuildIndex(source: ByteSource, options: RebuildOptions): Promise<RebuiltIndex> {
  const { signal, foreignId } = options
  const located = await locateManifest(source, { signal })
  if (located === null) return { id: foreignId, own: false, lines: foreignLines(source, options) }
  return { id: located.manifest.id, own: true, lines: ownLines(source, located, signal) }
}

/** Gathers what the end line says. */
class Totals {
  readonly #tree = createHash('sha256')
  #entries = 0
  #segments = 0

  get entries(): number {
    return this.#entries
  }

  segment(segment: Segment): string {
    this.#tree.update(segment.sha256)
    this.#segments += 1
    return segmentLine(segment)
  }

  steps(steps: readonly WalkStep[]): string[] {
    return steps.flatMap((step) => {
      if (step.kind === 'special') return [warningLine('special-file', toRemoteName(step.path))]
      if (step.kind !== 'entry') return []
      this.#entries += 1
      const { meta, offset, sha256 } = step.entry
      return [entryLine(meta, { offset, sha256: sha256?.toString('hex') ?? null })]
    })
  }

  end(size: number): string {
    return endLine({ entries: this.#entries, segments: this.#segments, size, tree: this.#tree.digest('hex') })
  }
}

async function* ownLines(
  source: ByteSource,
  { manifest, places }: LocatedManifest,
  signal: AbortSignal,
): AsyncGenerator<readonly string[], void, undefined> {
  const totals = new Totals()
  const finished: string[] = []
  let crc32 = 0
  let tarLength = 0
  const tar = async function* (): AsyncGenerator<Buffer> {
    for await (const { segment, bytes } of measureSegments(source, places, { signal })) {
      finished.push(totals.segment(segment))
      crc32 = crc32Combine(crc32, segment.crc32, bytes.length)
      tarLength += bytes.length
      yield bytes
    }
  }
  yield [headLine(manifest.id)]
  for await (const steps of walkEntries(tar(), { signal }))
    yield [...finished.splice(0), ...totals.steps(steps)]
  const trailer = await source.read({ start: source.size - trailerLength, end: source.size }, { signal })
  if (trailer.readUInt32LE(0) !== crc32 || trailer.readUInt32LE(4) !== tarLength % 2 ** 32) throw badTrailer()
  const warnings = manifest.components.flatMap((component) => component.warnings)
  yield warnings.map(({ code, path, note }) => warningLine(code, path, note))
  yield [...finished, totals.end(source.size)]
}

async function* foreignLines(
  source: ByteSource,
  { signal, foreignId, entryCap = 2_000_000 }: RebuildOptions,
): AsyncGenerator<readonly string[], void, undefined> {
  const totals = new Totals()
  const finished: string[] = []
  const stored = source.stream({ start: 0, end: source.size }, { signal }) as AsyncIterable<Buffer>
  const tar = readMembers(stored, {
    signal,
    onMember: (member) => finished.push(totals.segment(memberSegment(member))),
    onTrailing: () => undefined,
  })
  yield [headLine(foreignId)]
  for await (const steps of walkEntries(tar, { signal })) {
    yield [...finished.splice(0), ...totals.steps(steps)]
    if (totals.entries > entryCap) throw tooMany(entryCap)
  }
  yield [...finished, totals.end(source.size)]
}

function memberSegment({ offset, length, tarOffset, tarLength, crc32, sha256 }: Member): Segment {
  return { kind: 'm', offset, length, tarOffset, tarLength, crc32, sha256 }
}

function tooMany(cap: number): AppError {
  return new AppError(
    'corrupt',
    `The archive has more than ${cap} entries, which no real one has, and was refused. Nothing was written.`,
  )
}

function badTrailer(): AppError {
  return new AppError('corrupt', 'The last bytes of the archive do not fit the rest; use another copy of it.')
}
