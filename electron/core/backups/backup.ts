import { AppError } from '../../../shared/errors.ts'
import type { BackupRequest } from '../../../shared/model/job.ts'
import type { Claim, JobContext, JobOutcome } from '../jobs/job-context.ts'
import { prepareRun, type BackupParts, type BackupRun } from './backup-run.ts'
import { claimName, type Claimed } from './claim-name.ts'
import { totalsOfLast, totalsOfSource } from './expected-totals.ts'
import { isLeft } from './clean-claim.ts'
import { expectationOf, lastLike } from './expectation.ts'
import type { OpenServer } from '../servers/server-access.ts'
import { createIndexFile } from './index-file.ts'
import { MissingCopies } from './missing-copies.ts'
import { placesWithSpace } from './space.ts'
import { storeCopy, UnfinishedCopies } from './store-copy.ts'
import { UploadGroup, type UploadTarget } from './upload-group.ts'
import { writeArchive } from './write-archive.ts'
import type { RateLimit } from '../throttle.ts'

/** The user's date, as it stands in archive names. */
function localDate(now: Date): string {
  const part = (value: number) => String(value).padStart(2, '0')
  return `${now.getFullYear()}-${part(now.getMonth() + 1)}-${part(now.getDate())}`
}

async function claimTargets(
  run: BackupRun,
  missing: MissingCopies,
  { claims, job, parts }: Run,
): Promise<readonly UploadTarget[]> {
  const { signal } = job
  const remember = async (places: readonly Claimed[], tried: boolean) => {
    const now = places.map(({ place, stem }) => ({ destination: place.destination.name, key: stem, tried }))
    claims.splice(0, claims.length, ...now)
    await job.claimed(now)
  }
  const claim = await claimName(run.places, {
    source: run.source.name,
    date: localDate(run.startedAt),
    onTry: (places) => remember(places, true),
    missing,
    signal,
  })
  await remember(claim.claims, false)
  job.note('info', `Backing up ${run.server.name}/${run.source.name} as ${claim.stem}.tar.gz`)
  const { encryption } = parts
  const sealed = claim.claims.some(({ place }) => place.sealed) ? await encryption.recipients() : null
  return claim.claims.map(({ place, stem }) => ({
    ...{ destination: place.destination, stem },
    recipients: place.sealed ? sealed : null,
  }))
}

interface BackupParameters extends BackupParts {
  /** The server where it is open already; it stays the caller's. */
  readonly over?: OpenServer
}

/**
 * Makes one backup, end to end: connects, looks, claims a name, writes the archive to every destination, verifies
 * each copy and stores its manifest last. Partial where anything is missing, a copy included; a destination that cannot
 * be reached spoils no other, and its copy is queued.
 * What a failed run had begun is removed again; where that fails too, the next start does it.
 */
export async function runBackup(
  request: BackupRequest,
  job: JobContext,
  parts: BackupParameters,
): Promise<JobOutcome> {
  const claims: Claim[] = []
  try {
    return await makeBackup(request, { claims, job, parts })
  } catch (error) {
    throw error instanceof SuppressedError ? error.suppressed : error
  } finally {
    const left = await Promise.all(claims.map((claim) => isLeft(claim, parts.destinations)))
    job.released(claims.filter((_, at) => left[at]))
  }
}

interface Run {
  /** Filled with what is claimed at the destinations. */
  readonly claims: Claim[]
  readonly job: JobContext
  readonly parts: BackupParameters
}

/** All backups that run for a schedule share its limit: what comes from servers has it once, what goes to destinations too. */
function limitOf({ schedule, rateMbit }: BackupRequest): RateLimit | null {
  return schedule === undefined || rateMbit === undefined
    ? null
    : { key: `schedule/${schedule.id}`, mbit: rateMbit }
}

async function makeBackup(request: BackupRequest, { claims, job, parts }: Run): Promise<JobOutcome> {
  const { signal } = job
  const last = request.only.length > 0 ? null : totalsOfLast(parts.catalog.list(), request)
  if (last !== null) job.expect(last)
  job.progress({ phase: 'connecting', bytes: 0, items: 0, current: null })
  const limit = limitOf(request)
  await using stack = new AsyncDisposableStack()
  const missing = new MissingCopies(job)
  const destinations = await missing.others(
    request.destinations,
    (name) => name,
    async (name) => {
      if (parts.destinations.get(name).encrypted) await parts.encryption.recipients()
      return stack.use(await parts.destinations.connect(name, { signal, limit }))
    },
  )
  const open =
    parts.over ?? stack.use(await parts.servers.open(parts.profiles.get(request.server), { signal, limit }))
  const run = await prepareRun(request, { open, destinations, missing }, { parts, signal })
  const expectation = expectationOf(run.source, request, lastLike(parts.catalog, request))
  const places = await placesWithSpace(run.places, expectation, { ...{ missing, signal }, ...parts })
  if (last === null && request.only.length === 0) {
    const exclude = [...run.overrides.exclude, ...request.exclude]
    job.expect(await totalsOfSource(open.shell, run.source, { scope: request.scope, exclude, signal }))
  }
  const targets = await claimTargets({ ...run, places }, missing, { claims, job, parts })
  const index = stack.use(await createIndexFile(parts.spoolFolder))
  const uploads = stack.use(await UploadGroup.open(targets, { ...parts, size: expectation.archive, signal }))
  let walked = uploads.confirmsAll
  const finished = await writeArchive(run, { uploads, index }, { job, parts })
  const { stored, sealed } = await uploads.commit()
  const unfinished = stack.use(new UnfinishedCopies(stored.keys()))
  const known = new Set(parts.destinations.list().map(({ name }) => name))
  await parts.copyQueue.expect(
    run.id,
    request.destinations.filter((name) => known.has(name)),
  )
  for (const [target, confirmed] of stored) {
    try {
      const proven = confirmed && walked
      await storeCopy(target, finished, { index, sealed, proven, job, parts })
      walked = true
      unfinished.finished(target)
      await parts.copyQueue.remove(run.id, target.destination.name)
    } catch (error) {
      if (!(error instanceof AppError) || signal.aborted) throw error
      uploads.lost.push({ target, error })
    }
  }
  const [lost] = uploads.lost
  if (lost && uploads.lost.length === targets.length) throw lost.error
  for (const { target, error } of uploads.lost) missing.add(target.destination.name, error)
  for (const { destination, code, message } of missing.list)
    await parts.copyQueue.explain(run.id, destination, { code, message })
  const { components, result } = finished.manifest
  const warnings = components.reduce((sum, { warningCount }) => sum + warningCount, 0)
  return {
    state: missing.list.length > 0 ? 'partial' : result,
    ...{ backupId: run.id, warnings, missingCopies: missing.list },
  }
}
