import { createHash } from 'node:crypto'
import type { OuterManifest } from '../../../shared/model/backup.ts'
import type { ByteSource } from './byte-source.ts'
import type { Findings } from './verify-report.ts'

interface StoredOptions {
  readonly source: ByteSource
  readonly index: ByteSource | null
  readonly manifest: OuterManifest
  readonly findings: Findings
  readonly signal: AbortSignal
}

/** Compares sizes, and the SHA-256 of the index, with the manifest beside an archive. */
export async function checkSizes({
  source,
  index,
  manifest,
  findings,
  signal,
}: StoredOptions): Promise<void> {
  if (source.size !== manifest.archive.size) {
    findings.add(
      'stored',
      `The archive has ${source.size} bytes, its manifest says ${manifest.archive.size}.`,
    )
  }
  if (index === null) {
    findings.add('index', 'The index of the archive is missing; it can be rebuilt from the archive.')
    return
  }
  if (index.size !== manifest.index.size || (await sha256Of(index, signal)) !== manifest.index.sha256) {
    findings.add(
      'index',
      'The index is not the one that the manifest names; it can be rebuilt from the archive.',
    )
  }
}

/**
 * Compares the archive's SHA-256 with its manifest: the one that the destination worked out over what it stores,
 * else by reading all of it.
 */
export async function checkChecksum(
  { source, manifest, findings, signal }: StoredOptions,
  checksum: string | undefined,
): Promise<void> {
  if (manifest.archive.sha256 === undefined) return
  const sha256 = checksum ?? (await sha256Of(source, signal))
  if (checksum === undefined) findings.counts.bytes = source.size
  if (sha256 !== manifest.archive.sha256) {
    findings.add('stored', 'The archive has not the SHA-256 that its manifest says.')
  }
}

async function sha256Of(source: ByteSource, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  const bytes = source.stream({ start: 0, end: source.size }, { signal }) as AsyncIterable<Buffer>
  for await (const chunk of bytes) hash.update(chunk)
  return hash.digest('hex')
}
