import { AppError, hasCode } from '../../../shared/errors.ts'
import type { OuterManifest, VerifyLevel } from '../../../shared/model/backup.ts'
import { requireUnderstood } from './archive-head.ts'
import type { ByteSource } from './byte-source.ts'
import type { IndexEnd, Segment } from './index-decode.ts'
import { readIndexSegments } from './index-read.ts'
import { compareManifests } from './manifest-compare.ts'
import { locateManifest, type LocatedManifest } from './manifest-locate.ts'
import { readForeign, readKnown, type VerifyProgress } from './verify-bytes.ts'
import { checkEntries } from './verify-entries.ts'
import { Findings, type VerifyReport } from './verify-report.ts'
import { checkChecksum, checkSizes } from './verify-stored.ts'

export interface VerifyOptions {
  readonly level: VerifyLevel
  readonly source: ByteSource
  /** Null where there is none: damage for a backup with a manifest, nothing for a lone archive file. */
  readonly index: ByteSource | null
  /** The manifest beside the archive; null for a lone archive file. */
  readonly manifest: OuterManifest | null
  /** SHA-256 in hex that the destination worked out over the archive as it stores it. */
  readonly checksum?: string
  readonly progress?: VerifyProgress
  readonly signal: AbortSignal
}

/**
 * Checks a copy of an archive. `stored`: it has the size and SHA-256 that the manifest beside it says. `read`: every
 * byte is read; every segment, the gzip frame, the index's frame and both manifests agree. `deep`: every entry is
 * walked and hashed besides, and compared with index and manifest; the archive begins and ends as ours do; dumps and
 * hard links are whole. Damage is in the report, never thrown. Throws `cancelled`, `unsupported` for an archive that
 * needs a newer version, and what reading the source throws. Memory does not grow with the archive, but for 32
 * bytes an entry.
 */
export async function verifyArchive(options: VerifyOptions): Promise<VerifyReport> {
  const { level, source, index, manifest, signal } = options
  const findings = new Findings()
  if (manifest !== null) {
    requireUnderstood(manifest.needs)
    await checkSizes({ source, index, manifest, findings, signal })
    if (level === 'stored')
      await checkChecksum({ source, index, manifest, findings, signal }, options.checksum)
  } else if (level === 'stored') {
    findings.add('manifest', 'There is no manifest beside the archive to compare it with.')
  }
  if (level === 'stored') return findings.report(level)

  const located = await locateManifest(source, { signal })
  if (located !== null) requireUnderstood(located.manifest.needs)
  const known = await indexFacts(options, findings)
  checkFacts(options, { located, known }, findings)

  const { progress } = options
  const segments = known?.segments ?? located?.places ?? null
  const bytes = { source, findings, progress, signal }
  const tar = segments === null ? readForeign(bytes) : readKnown(segments, manifest, bytes)
  if (level === 'read') {
    for await (const _ of tar);
  } else {
    const lines = known === null ? null : index
    await checkEntries(tar, { located, segments: segments ?? [], index: lines, findings, signal })
    checkCounts(manifest, known?.end ?? null, findings)
  }
  return findings.report(level)
}

interface IndexFacts {
  readonly id: string
  readonly segments: readonly Segment[]
  readonly end: IndexEnd
}

/** Null where there is no index, or none that can be used. */
async function indexFacts({ index, signal }: VerifyOptions, findings: Findings): Promise<IndexFacts | null> {
  if (index === null) return null
  try {
    return await readIndexSegments(index, { signal })
  } catch (error) {
    if (!hasCode(error, 'corrupt') || !(error instanceof AppError)) throw error
    findings.add('index', error.message)
    return null
  }
}

interface Known {
  readonly located: LocatedManifest | null
  readonly known: IndexFacts | null
}

/** What manifests and index say of the archive as a whole. */
function checkFacts(
  { manifest, source, index }: VerifyOptions,
  { located, known }: Known,
  findings: Findings,
): void {
  if (located === null) {
    const ours = manifest !== null || index !== null
    if (ours) findings.add('tar', 'The archive does not end with the manifest that its pieces add up to.')
    else findings.add('foreign', 'The archive was not made by Holdfast, or was repacked since.')
  } else if (manifest !== null) {
    compareManifests(manifest, located.manifest, findings)
  }
  if (known === null) return
  if (known.end.size !== source.size) {
    findings.add(
      'index',
      `The index is of an archive of ${known.end.size} bytes, this one has ${source.size}.`,
    )
  }
  const id = manifest?.id ?? located?.manifest.id ?? known.id
  if (known.id !== id) findings.add('index', 'The index belongs to another backup.')
  const apart = located?.manifest.restart.some(([length, tarLength], at) => {
    const segment = known.segments[at]
    return segment?.length !== length || segment.tarLength !== tarLength
  })
  if (apart === true) findings.add('index', 'The index names other pieces than the manifest in the archive.')
}

function checkCounts(manifest: OuterManifest | null, end: IndexEnd | null, findings: Findings): void {
  const { entries } = findings.counts
  if (end !== null && end.entries !== entries) {
    findings.add('index', `The archive has ${entries} entries, the index counts ${end.entries}.`)
  }
  if (manifest !== null && manifest.archive.entries !== entries) {
    findings.add(
      'manifest',
      `The archive has ${entries} entries, its manifest says ${manifest.archive.entries}.`,
    )
  }
}
