import { AppError } from '../../../shared/errors.ts'
import type { BackupRequest } from '../../../shared/model/job.ts'
import type { Destination } from '../destinations/destination.ts'
import { openDestination } from '../destinations/registry.ts'
import type { JobContext, JobOutcome } from '../jobs/job-context.ts'
import { prepareRun, type BackupParts, type BackupRun } from './backup-run.ts'
import { claimName } from './claim-name.ts'
import { totalsOfLast, totalsOfSource } from './expected-totals.ts'
import { createIndexFile } from './index-file.ts'
import { storeCopy, UnfinishedCopies } from './store-copy.ts'
import { UploadGroup, type UploadTarget } from './upload-group.ts'
import { writeArchive } from './write-archive.ts'

/** The user's date, as it stands in archive names. */
function localDate(now: Date): string {
  const part = (value: number) => String(value).padStart(2, '0')
  return `${now.getFullYear()}-${part(now.getMonth() + 1)}-${part(now.getDate())}`
}

async function claimTargets(run: BackupRun, job: JobContext): Promise<readonly UploadTarget[]> {
  const targets = (keys: readonly string[]) =>
    run.places.map(({ destination }, at) => ({ destination, stem: keys[at] ?? '' }))
  const remember = (keys: readonly string[], tried: boolean) =>
    job.claimed(
      targets(keys).map(({ destination, stem }) => ({ destination: destination.name, key: stem, tried })),
    )
  const claim = await claimName(run.places, {
    source: run.source.name,
    date: localDate(run.startedAt),
    onTry: (keys) => remember(keys, true),
    signal: job.signal,
  })
  await remember(claim.keys, false)
  job.note('info', `Backing up ${run.server.name}/${run.source.name} as ${claim.stem}.tar.gz`)
  return targets(claim.keys)
}

/**
 * Makes one backup, end to end: connects, looks, claims a name, writes the archive to every destination, verifies
 * each copy by reading it back and stores its manifest last. Partial where anything is missing, a copy included.
 * What a failed run had begun is removed again; where that fails too, the next start does it.
 */
export async function runBackup(
  request: BackupRequest,
  job: JobContext,
  parts: BackupParts,
): Promise<JobOutcome> {
  try {
    return await makeBackup(request, job, parts)
  } catch (error) {
    if (error instanceof SuppressedError) throw error.suppressed
    await job.released()
    throw error
  }
}

async function makeBackup(request: BackupRequest, job: JobContext, parts: BackupParts): Promise<JobOutcome> {
  const { signal } = job
  const last = totalsOfLast(parts.catalog.list(), request)
  if (last !== null) job.expect(last)
  job.progress({ phase: 'connecting', bytes: 0, items: 0, current: null })
  await using stack = new AsyncDisposableStack()
  const open = stack.use(await parts.servers.open(parts.profiles.get(request.server), { signal }))
  const destinations: Destination[] = []
  for (const name of request.destinations) {
    destinations.push(stack.use(await openDestination(parts.destinations.get(name))))
  }
  const run = await prepareRun(request, { open, destinations }, { parts, signal })
  if (last === null) {
    const exclude = [...run.overrides.exclude, ...request.exclude]
    job.expect(await totalsOfSource(open.shell, run.source, { scope: request.scope, exclude, signal }))
  }
  const targets = await claimTargets(run, job)
  const index = stack.use(await createIndexFile(parts.spoolFolder))
  const uploads = stack.use(await UploadGroup.open(targets, { signal }))
  const finished = await writeArchive(run, { uploads, index }, { job, parts })
  const stored = await uploads.commit()
  const unfinished = stack.use(new UnfinishedCopies(stored.keys()))
  for (const target of stored.keys()) {
    try {
      await storeCopy(target, finished, { index, job, parts })
      unfinished.finished(target)
    } catch (error) {
      if (!(error instanceof AppError) || signal.aborted) throw error
      uploads.lost.push({ target, error })
    }
  }
  const [lost] = uploads.lost
  if (lost && uploads.lost.length === targets.length) throw lost.error
  for (const { target, error } of uploads.lost) {
    job.note('error', `No copy at ${target.destination.name}: ${error.message}`)
  }
  const { components, result } = finished.manifest
  const warnings = components.reduce((sum, { warningCount }) => sum + warningCount, 0)
  return { state: uploads.lost.length > 0 ? 'partial' : result, backupId: run.id, warnings }
}
