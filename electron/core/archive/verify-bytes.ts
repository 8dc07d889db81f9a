import { hash } from 'node:crypto'
import { AppError, hasCode } from '../../../shared/errors.ts'
import type { OuterManifest } from '../../../shared/model/backup.ts'
import type { ByteSource } from './byte-source.ts'
import { FrameCheck } from './frame-check.ts'
import type { Segment } from './index-decode.ts'
import { readMembers } from './member.ts'
import { readAhead } from './read-ahead.ts'
import { release } from '../release.ts'
import { inflateSegment, measureSegment, type SegmentPlace } from './segment-read.ts'
import type { Findings } from './verify-report.ts'

/** Told after each piece of the archive; callers throttle. `bytes` are stored ones. */
export type VerifyProgress = (progress: {
  readonly bytes: number
  readonly totalBytes: number
  readonly entries: number
}) => void

export interface BytesOptions {
  readonly source: ByteSource
  readonly findings: Findings
  readonly progress: VerifyProgress | undefined
  readonly signal: AbortSignal
}

interface Piece {
  readonly segment: Segment
  readonly stored: Buffer | null
  readonly tar: Buffer | null
  readonly fault: AppError | null
}

/**
 * Reads every byte of an archive whose segments are known and yields their tar in order, null for a damaged one.
 * Goes on after damage, so that all of it is found. A piece is gone when the next is asked for. `proven`: the segments
 * come with their sums.
 */
export async function* readKnown(
  segments: readonly Segment[] | readonly SegmentPlace[],
  manifest: OuterManifest | null,
  { source, findings, progress, signal }: BytesOptions,
): AsyncGenerator<Buffer | null, void, undefined> {
  const frame = new FrameCheck(source, findings, { signal })
  const read = (place: Segment | SegmentPlace): Promise<Piece> => readPiece(source, place, signal)
  for await (const { segment, stored, tar, fault } of readAhead(segments, read, { signal })) {
    await frame.segment(segment, stored)
    if (stored !== null) release(stored)
    if (fault !== null) findings.add('bytes', fault.message)
    findings.counts.segments += 1
    findings.counts.bytes += segment.length
    progress?.({ bytes: findings.counts.bytes, totalBytes: source.size, entries: findings.counts.entries })
    yield tar
    if (tar !== null) release(tar)
  }
  const { sha256, tree } = await frame.finish()
  if (manifest === null) return
  const { archive } = manifest
  if (archive.sha256 !== undefined && archive.sha256 !== sha256) {
    findings.add('stored', 'The archive has not the SHA-256 that its manifest says.')
  }
  if (archive.segments !== segments.length || archive.tree !== tree) {
    findings.add('manifest', 'The archive consists of other pieces than its manifest says.')
  }
}

/** Reads every byte of any other gzip file and yields what it holds; after damage nothing more. */
export async function* readForeign({
  source,
  findings,
  progress,
  signal,
}: BytesOptions): AsyncGenerator<Buffer | null, void, undefined> {
  const stored = source.stream({ start: 0, end: source.size }, { signal }) as AsyncIterable<Buffer>
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of stored) {
      findings.counts.bytes += chunk.length
      progress?.({ bytes: findings.counts.bytes, totalBytes: source.size, entries: findings.counts.entries })
      yield chunk
    }
  }
  try {
    yield* readMembers(counted(), {
      signal,
      onMember: () => (findings.counts.segments += 1),
      onTrailing: ({ length }) => findings.add('foreign', `${length} bytes follow the end of the archive.`),
    })
  } catch (error) {
    if (!hasCode(error, 'corrupt') || !(error instanceof AppError)) throw error
    findings.add('bytes', error.message)
    yield null
  }
}

async function readPiece(
  source: ByteSource,
  place: Segment | SegmentPlace,
  signal: AbortSignal,
): Promise<Piece> {
  let stored: Buffer | null = null
  try {
    stored = await source.read({ start: place.offset, end: place.offset + place.length }, { signal })
    if ('sha256' in place)
      return { segment: place, stored, tar: await inflateSegment(place, stored), fault: null }
    const { segment, bytes } = await measureSegment(source, place, { signal })
    return { segment, stored, tar: bytes, fault: null }
  } catch (fault) {
    if (!hasCode(fault, 'corrupt') || !(fault instanceof AppError)) throw fault
    const sums = { crc32: 0, sha256: hash('sha256', stored ?? '', 'buffer') }
    return { segment: { ...sums, ...place }, stored, tar: null, fault }
  }
}
