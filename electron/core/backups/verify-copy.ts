import { createHash } from 'node:crypto'
import { AppError, hasCode } from '../../../shared/errors.ts'
import type { CopySeal, OuterManifest, VerifyLevel } from '../../../shared/model/backup.ts'
import { verifyArchive } from '../archive/verify.ts'
import { Findings, type VerifyReport } from '../archive/verify-report.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import { openCopySource, type Unsealing } from './copy-source.ts'
import { objectSource } from './object-source.ts'
import { keysOf } from './stored-backup.ts'

interface VerifyOptions {
  readonly level: VerifyLevel
  readonly encryption: Unsealing
  readonly signal: AbortSignal
  /** Told how many bytes of the archive were read. */
  readonly progress: (bytes: number) => void
}

/**
 * Reads a copy back from its destination and checks it against its manifest: an encrypted one as it is stored at level
 * `stored`, without any key, and what was encrypted above that.
 */
export async function verifyCopy(
  destination: Destination,
  stem: Key,
  manifest: OuterManifest,
  options: VerifyOptions,
): Promise<VerifyReport> {
  const { level, encryption, signal } = options
  const { seal } = manifest.copy
  if (seal !== undefined && level === 'stored') return verifySealed(destination, stem, seal, options)
  try {
    const { archive, index } = await openCopySource(destination, stem, { manifest, encryption, signal })
    const progress = ({ bytes }: { readonly bytes: number }) => options.progress(bytes)
    return await verifyArchive({ level, source: archive, index, manifest, progress, signal })
  } catch (error) {
    if (seal === undefined || !hasCode(error, 'corrupt') || !(error instanceof AppError)) throw error
    const findings = new Findings()
    findings.add('bytes', error.message)
    return findings.report(level)
  }
}

/** Compares what is stored of an encrypted copy with the sizes and SHA-256 that its manifest has. */
async function verifySealed(
  destination: Destination,
  stem: Key,
  seal: CopySeal,
  { level, signal, progress }: VerifyOptions,
): Promise<VerifyReport> {
  const findings = new Findings()
  const keys = keysOf(stem, { sealed: true })
  for (const what of ['archive', 'index'] as const) {
    const code = what === 'archive' ? 'stored' : 'index'
    if ((await destination.stat(keys[what], { signal })) === null) {
      findings.add(code, `The encrypted ${what} is missing.`)
      continue
    }
    const source = await objectSource(destination, keys[what], { signal })
    const { size } = source
    const hash = createHash('sha256')
    for await (const chunk of source.stream({ start: 0, end: size }, { signal }) as AsyncIterable<Buffer>) {
      hash.update(chunk)
      if (what === 'archive') progress((findings.counts.bytes += chunk.length))
    }
    if (size !== seal[what].size || hash.digest('hex') !== seal[what].sha256)
      findings.add(code, `The encrypted ${what} has not the size or the SHA-256 that its manifest says.`)
  }
  return findings.report(level)
}

/** Throws `corrupt` with the first findings where a copy is not what it must be. */
export function requireGood(report: VerifyReport, name: string): void {
  if (report.verdict === 'good') return
  const first = report.findings[0]?.message ?? 'It is not as its manifest says.'
  throw new AppError(
    'corrupt',
    `${name} is damaged: ${first} Other backups are untouched; do not rely on this copy.`,
    {
      details: { findings: report.findings.slice(0, 20), findingCount: report.findingCount },
    },
  )
}
