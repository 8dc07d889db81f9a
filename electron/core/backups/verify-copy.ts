import { AppError } from '../../../shared/errors.ts'
import type { OuterManifest, VerifyLevel } from '../../../shared/model/backup.ts'
import { verifyArchive } from '../archive/verify.ts'
import type { VerifyReport } from '../archive/verify-report.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import { objectSource } from './open-backup.ts'
import { keysOf } from './stored-backup.ts'

/** Reads a copy back from its destination and checks it against its manifest. */
export async function verifyCopy(
  destination: Destination,
  stem: Key,
  manifest: OuterManifest,
  options: {
    readonly level: VerifyLevel
    readonly signal: AbortSignal
    /** Told how many stored bytes were read. */
    readonly progress: (bytes: number) => void
  },
): Promise<VerifyReport> {
  const { level, signal } = options
  const keys = keysOf(stem)
  await using source = await objectSource(destination, keys.archive, { signal })
  const indexThere = (await destination.stat(keys.index, { signal })) !== null
  const index = indexThere ? await objectSource(destination, keys.index, { signal }) : null
  const progress = ({ bytes }: { readonly bytes: number }) => options.progress(bytes)
  return await verifyArchive({ level, source, index, manifest, progress, signal })
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
