import { createHash } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import { formatBytes } from '../../../shared/format.ts'
import type { Backup, OuterManifest } from '../../../shared/model/backup.ts'
import { parseArchiveStem, sourceFolder } from '../archive/name.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import type { Claim, JobContext, JobOutcome } from '../jobs/job-context.ts'
import type { BackupParts } from './backup-run.ts'
import { claimName } from './claim-name.ts'
import { isLeft } from './clean-claim.ts'
import { MissingCopies } from './missing-copies.ts'
import { byTrust } from './open-backup.ts'
import { openServerFolder, readServerFile } from './server-folder.ts'
import { requireFloor } from './space.ts'
import { finishCopy, UnfinishedCopies } from './store-copy.ts'
import { emptyState, keysOf, readManifest, readState } from './stored-backup.ts'
import type { UploadTarget } from './upload-group.ts'

type Parts = Pick<BackupParts, 'catalog' | 'clock' | 'destinations' | 'space'>

/** A copy that can be read. */
interface Origin {
  readonly destination: Destination
  readonly stem: Key
  readonly manifest: OuterManifest
}

/** Opens the first copy that can be reached, those found good first. The destination is the stack's. */
async function openOrigin(
  backup: Backup,
  { destinations }: Parts,
  { signal, stack }: { readonly signal: AbortSignal; readonly stack: AsyncDisposableStack },
): Promise<Origin> {
  let last: unknown = new AppError('not-found', `${backup.name} has no copy that can be read.`)
  for (const copy of byTrust(backup.copies)) {
    try {
      const destination = stack.use(await destinations.connect(copy.destination, { signal }))
      const stem = copy.key.replace(/\.tar\.gz(\.age)?$/, '')
      return { destination, stem, manifest: await readManifest(destination, stem, { signal }) }
    } catch (error) {
      if (signal.aborted) throw error
      last = error
    }
  }
  throw last
}

async function requireSpace(
  destination: Destination,
  size: number,
  { space, signal }: Pick<Parts, 'space'> & { readonly signal: AbortSignal },
): Promise<void> {
  const free = await destination.free({ signal })
  if (free === null || free >= size + space.reserve) return
  throw new AppError(
    'no-space',
    `The copy needs ${formatBytes(size)} at ${destination.name}, and only ${formatBytes(free)} are free, of which ${formatBytes(space.reserve)} stay free. Nothing was written there or deleted: free some space or choose another destination.`,
    { details: { destination: destination.name, free, needed: size + space.reserve } },
  )
}

interface Sent {
  readonly size: number
  readonly sha256?: string | undefined
}

/** Copies an object. Throws `corrupt` where it is not what the manifest says. */
async function send(
  from: { readonly destination: Destination; readonly key: Key },
  to: { readonly destination: Destination; readonly key: Key },
  { size, sha256 }: Sent,
  { job, parts }: { readonly job: JobContext; readonly parts: Parts },
): Promise<void> {
  const { signal } = job
  const upload = await to.destination.create(to.key, { signal, size })
  try {
    const digest = createHash('sha256')
    let copied = 0
    let lookAt = parts.space.lookEvery
    for await (const chunk of (await from.destination.get(from.key, { signal })) as AsyncIterable<Buffer>) {
      digest.update(chunk)
      copied += chunk.length
      if (copied >= lookAt) {
        lookAt = copied + parts.space.lookEvery
        await requireFloor(to.destination, { ...parts, signal })
      }
      await upload.write(chunk)
      job.progress({ phase: `copying from ${from.destination.name}`, bytes: copied, items: 0, current: null })
    }
    if (copied !== size || (sha256 !== undefined && digest.digest('hex') !== sha256)) {
      throw new AppError(
        'corrupt',
        `${from.key} at ${from.destination.name} is not what its manifest says, so it was not copied. Verify the backup; other copies are untouched.`,
      )
    }
    await upload.commit()
  } finally {
    await upload.abort()
  }
}

/** Claims a place for the copy, by its name where that is free (FORMAT §1). */
async function claimTarget(
  origin: Origin,
  destination: Destination,
  { claims, job }: Pick<Run, 'claims' | 'job'>,
): Promise<UploadTarget> {
  const { signal } = job
  const { source } = origin.manifest
  const [folderName = ''] = origin.stem.split('/')
  const server = await readServerFile(origin.destination, folderName, { signal })
  const { folder } = await openServerFolder(destination, server, { signal, folderName })
  const name = parseArchiveStem(origin.stem.split('/').at(-1) ?? '')
  if (name === null) throw new AppError('unsupported', `${origin.stem} has a name that no copy can have.`)
  const remember = async (stem: Key, tried: boolean) => {
    claims.splice(0, claims.length, { destination: destination.name, key: stem, tried })
    await job.claimed(claims)
  }
  const named = await claimName([{ destination, folder: sourceFolder(folder, source.kind, source.name) }], {
    ...{
      source: source.name,
      date: name.date,
      first: name.number,
      missing: new MissingCopies(job),
      signal,
    },
    onTry: async ([first]) => {
      if (first) await remember(first.stem, true)
    },
  })
  const [claimed] = named.claims
  if (!claimed) throw new AppError('internal', 'A name was claimed nowhere.')
  await remember(claimed.stem, false)
  return { destination, stem: claimed.stem }
}

/**
 * Makes one more copy of a backup from the best copy that can be read, never from the server again. The copy is read
 * back and counts only then; it takes the pin with it. What a failed run had begun is removed again; where that fails
 * too, the next start does it.
 */
export async function copyBackup(
  backup: Backup,
  to: string,
  job: JobContext,
  parts: Parts,
): Promise<JobOutcome> {
  const claims: Claim[] = []
  try {
    await makeCopy(backup, to, { claims, job, parts })
    return { state: 'succeeded', backupId: backup.id, warnings: 0 }
  } catch (error) {
    throw error instanceof SuppressedError ? error.suppressed : error
  } finally {
    const left = await Promise.all(claims.map((claim) => isLeft(claim, parts.destinations)))
    job.released(claims.filter((_, at) => left[at]))
  }
}

interface Run {
  /** Filled with what is claimed at the destination. */
  readonly claims: Claim[]
  readonly job: JobContext
  readonly parts: Parts
}

async function makeCopy(backup: Backup, to: string, { claims, job, parts }: Run): Promise<void> {
  const { signal } = job
  await using stack = new AsyncDisposableStack()
  const destination = stack.use(await parts.destinations.connect(to, { signal }))
  const origin = await openOrigin(backup, parts, { signal, stack })
  const { archive, index } = origin.manifest
  job.expect({ bytes: archive.size, items: null })
  await requireSpace(destination, archive.size, { ...parts, signal })
  const target = await claimTarget(origin, destination, { claims, job })
  const [from, there] = [keysOf(origin.stem), keysOf(target.stem)]
  const way = { job, parts }
  try {
    await send({ ...origin, key: from.archive }, { destination, key: there.archive }, archive, way)
  } finally {
    await destination.release(there.archive)
  }
  const unfinished = stack.use(new UnfinishedCopies([target]))
  await send({ ...origin, key: from.index }, { destination, key: there.index }, index, way)
  const { pinned, pinnedUntil } = await readState(origin.destination, origin.stem, { signal })
  const state = pinned ? { ...emptyState, pinned, pinnedUntil } : emptyState
  const { copy: _, ...finished } = origin.manifest
  await finishCopy(target, finished, { job, parts, state })
  unfinished.finished(target)
}
