import { AppError } from '../../../shared/errors.ts'
import type { Backup, VerifyLevel } from '../../../shared/model/backup.ts'
import type { DestinationProfiles } from '../destinations/profiles.ts'
import type { JobContext, JobOutcome } from '../jobs/job-context.ts'
import type { Ports } from '../ports.ts'
import type { Catalog } from './catalog.ts'
import type { Unsealing } from './copy-source.ts'
import { eachCopy } from './each-copy.ts'
import { readManifest, readState, writeState } from './stored-backup.ts'
import { requireGood, verifyCopy } from './verify-copy.ts'

interface Parts {
  readonly catalog: Catalog
  readonly destinations: Pick<DestinationProfiles, 'connect'>
  readonly encryption: Unsealing
  readonly ports: Pick<Ports, 'clock'>
}

/** Checks the copies of a backup again, and notes the outcome beside each. Throws `corrupt` where one is damaged. */
export async function runVerify(
  backup: Backup,
  { level, destination: only }: { readonly level: VerifyLevel; readonly destination: string | null },
  job: JobContext,
  { catalog, destinations, encryption, ports }: Parts,
): Promise<JobOutcome> {
  const { signal } = job
  const wanted = backup.copies.filter((copy) => only === null || copy.destination === only)
  if (wanted.length === 0)
    throw new AppError('not-found', `${backup.name} has no copy at ${only ?? 'any destination'}.`)
  job.expect({ bytes: wanted.reduce((sum, { size }) => sum + size, 0), items: null })
  const bad: unknown[] = []
  await eachCopy(
    { ...backup, copies: wanted },
    { destinations, signal },
    async ({ destination, stem, copy }) => {
      const manifest = await readManifest(destination, stem, { signal, keys: encryption })
      const report = await verifyCopy(destination, stem, manifest, {
        level,
        encryption,
        signal,
        progress: (bytes) =>
          job.progress({ phase: `verifying ${copy.destination}`, bytes, items: 0, current: null }),
      })
      const check = { level, at: ports.clock.now().toISOString(), ok: report.verdict === 'good' }
      const state = await readState(destination, stem, { signal })
      const checked = { ...state, checks: [...state.checks, check].slice(-100) }
      await writeState(destination, stem, checked, { signal })
      catalog.add(destination, stem, { manifest, state: checked })
      for (const { message } of report.findings.slice(0, 20)) job.note('error', message)
      try {
        requireGood(report, `${copy.name} at ${copy.destination}`)
      } catch (error) {
        bad.push(error)
      }
    },
  )
  if (bad.length > 0) throw bad[0]
  return { state: 'succeeded', backupId: backup.id, warnings: 0 }
}
