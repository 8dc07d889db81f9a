import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../../../shared/errors.ts'
import { formatBytes } from '../../../shared/format.ts'
import type { Backup, OuterManifest } from '../../../shared/model/backup.ts'
import type { ByteSource } from '../archive/byte-source.ts'
import { parseArchiveStem, sourceFolder } from '../archive/name.ts'
import type { Recipient } from '../archive/seal/age-key.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import type { Claim, JobContext, JobOutcome } from '../jobs/job-context.ts'
import type { BackupParts } from './backup-run.ts'
import { claimName } from './claim-name.ts'
import { isLeft } from './clean-claim.ts'
import { openCopySource } from './copy-source.ts'
import { MissingCopies } from './missing-copies.ts'
import { byTrust } from './open-backup.ts'
import { openServerFolder, readServerFile } from './server-folder.ts'
import { recipientNames } from './sealed-manifest.ts'
import { sendObject, type Sent } from './send-object.ts'
import { requireFloor } from './space.ts'
import { finishCopy, UnfinishedCopies } from './store-copy.ts'
import { emptyState, keysOf, readManifest, readState, stemOfArchive } from './stored-backup.ts'
import type { UploadTarget } from './upload-group.ts'

/** What making one more copy takes. */
export type CopyParts = Pick<
  BackupParts,
  'catalog' | 'clock' | 'copyQueue' | 'destinations' | 'encryption' | 'onWhole' | 'space'
>

/** A copy that can be read. */
interface Origin {
  readonly destination: Destination
  readonly stem: Key
  readonly manifest: OuterManifest
  /** Somebody has walked every entry of it, and it was whole. */
  readonly walked: boolean
}

/** Opens the first copy that can be reached, those found good first. The destination is the stack's. */
async function openOrigin(
  backup: Backup,
  { destinations, encryption }: CopyParts,
  { signal, stack }: { readonly signal: AbortSignal; readonly stack: AsyncDisposableStack },
): Promise<Origin> {
  let last: unknown = new AppError('not-found', `${backup.name} has no copy that can be read.`)
  for (const copy of byTrust(backup.copies)) {
    try {
      const destination = stack.use(await destinations.connect(copy.destination, { signal }))
      const stem = stemOfArchive(copy.key)
      return {
        destination,
        stem,
        manifest: await readManifest(destination, stem, { signal, keys: encryption }),
        walked: copy.verified?.ok === true && copy.verified.level === 'deep',
      }
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
  { space, signal }: Pick<CopyParts, 'space'> & { readonly signal: AbortSignal },
): Promise<void> {
  const free = await destination.free({ signal })
  if (free === null || free >= size + space.reserve) return
  throw new AppError(
    'no-space',
    `The copy needs ${formatBytes(size)} at ${destination.name}, and only ${formatBytes(free)} are free, of which ${formatBytes(space.reserve)} stay free. Nothing was written there or deleted: free some space or choose another destination.`,
    { details: { destination: destination.name, free, needed: size + space.reserve } },
  )
}

/** The bytes of an object as they come, told as progress; stops where the destination runs low on space. */
async function* passing(
  bytes: AsyncIterable<Buffer>,
  { origin, destination, job, parts }: Way,
): AsyncGenerator<Buffer> {
  const { signal } = job
  let copied = 0
  let lookAt = parts.space.lookEvery
  for await (const chunk of bytes) {
    copied += chunk.length
    if (copied >= lookAt) {
      lookAt = copied + parts.space.lookEvery
      await requireFloor(destination, { ...parts, signal })
    }
    yield chunk
    job.progress({ phase: `copying from ${origin.destination.name}`, bytes: copied, items: 0, current: null })
  }
}

interface Way {
  readonly origin: Origin
  readonly destination: Destination
  readonly job: JobContext
  readonly parts: CopyParts
}

interface Body {
  /** Archive and index, to be read from their beginning. */
  readonly archive: () => Promise<AsyncIterable<Buffer>>
  readonly index: () => Promise<AsyncIterable<Buffer>>
  /** What must come. */
  readonly expect: Record<
    'archive' | 'index',
    { readonly size: number; readonly sha256?: string | undefined }
  >
  /** Whom it is still to be encrypted for. */
  readonly recipients: readonly Recipient[] | null
}

/**
 * What goes to the target: the stored bytes, where both are not encrypted or are for the same keys, else what was
 * encrypted, which the target encrypts anew where it wants it so.
 */
async function bodyFor({ recipients }: UploadTarget, { origin, job, parts }: Way): Promise<Body> {
  const { signal } = job
  const { destination, stem, manifest } = origin
  const { seal } = manifest.copy
  const names = recipients && recipientNames(recipients)
  if ((seal === undefined && names === null) || (seal && isDeepStrictEqual(seal.recipients, names))) {
    const keys = keysOf(stem, { sealed: seal !== undefined })
    const get = (key: Key) => () => destination.get(key, { signal })
    const expect = seal ?? manifest
    return { archive: get(keys.archive), index: get(keys.index), expect, recipients: null }
  }
  const source = await openCopySource(destination, stem, { manifest, encryption: parts.encryption, signal })
  const { archive, index } = source
  if (index === null) throw damaged(keysOf(stem, { sealed: seal !== undefined }).index, destination)
  const read = (from: ByteSource) => () =>
    Promise.resolve(from.stream({ start: 0, end: from.size }, { signal }) as AsyncIterable<Buffer>)
  return { archive: read(archive), index: read(index), expect: manifest, recipients }
}

function damaged(key: Key, { name }: Destination): AppError {
  return new AppError(
    'corrupt',
    `${key} at ${name} is not what its manifest says, so it was not copied. Verify the backup; other copies are untouched.`,
  )
}

/** Copies archive or index. Throws `corrupt` where it is not what the manifest says. */
async function send(what: 'archive' | 'index', target: UploadTarget, { body, way }: Sending): Promise<Sent> {
  const { origin, destination, job, parts } = way
  const key = keysOf(target.stem, { sealed: target.recipients !== null })[what]
  const { size, sha256 } = body.expect[what]
  return sendObject(
    passing(await body[what](), way),
    { destination, key },
    {
      ...{ size, recipients: body.recipients, encryption: parts.encryption, signal: job.signal },
      check: (came) => {
        if (came.size !== size || (sha256 !== undefined && came.sha256 !== sha256))
          throw damaged(keysOf(origin.stem)[what], origin.destination)
      },
    },
  )
}

interface Sending {
  readonly body: Body
  readonly way: Way
}

/** Claims a place for the copy, by its name where that is free (FORMAT §1). */
async function claimTarget(
  origin: Origin,
  destination: Destination,
  { claims, job, parts }: Run,
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
  const { encrypted: sealed } = parts.destinations.get(destination.name)
  const place = { destination, sealed, folder: sourceFolder(folder, source.kind, source.name) }
  const named = await claimName([place], {
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
  return {
    ...{ destination, stem: claimed.stem },
    recipients: sealed ? await parts.encryption.recipients() : null,
  }
}

/**
 * Makes one more copy of a backup from the best copy that can be read, never from the server again. The copy is verified
 * as `finishCopy` does and counts only then; it takes the pin with it. What a failed run had begun is removed again; where that fails
 * too, the next start does it.
 */
export async function copyBackup(
  backup: Backup,
  to: string,
  job: JobContext,
  parts: CopyParts,
): Promise<JobOutcome> {
  const claims: Claim[] = []
  try {
    await makeCopy(backup, to, { claims, job, parts })
    const lacking = parts.copyQueue.of(backup.id)
    // Before it is off the queue: a process that ends in between tells it again.
    if (lacking.length > 0 && lacking.every(({ destination }) => destination === to))
      await parts.onWhole(backup)
    await parts.copyQueue.remove(backup.id, to)
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
  readonly parts: CopyParts
}

async function makeCopy(backup: Backup, to: string, { claims, job, parts }: Run): Promise<void> {
  const { signal } = job
  await using stack = new AsyncDisposableStack()
  const destination = stack.use(await parts.destinations.connect(to, { signal }))
  const origin = await openOrigin(backup, parts, { signal, stack })
  const { archive } = origin.manifest
  job.expect({ bytes: archive.size, items: null })
  await requireSpace(destination, archive.size, { ...parts, signal })
  const target = await claimTarget(origin, destination, { claims, job, parts })
  const way = { origin, destination, job, parts }
  const sending = { body: await bodyFor(target, way), way }
  const sealed = target.recipients !== null
  let archiveSent: Sent
  try {
    archiveSent = await send('archive', target, sending)
  } finally {
    await destination.release(keysOf(target.stem, { sealed }).archive)
  }
  const unfinished = stack.use(new UnfinishedCopies([target]))
  const indexSent = await send('index', target, sending)
  const { pinned, pinnedUntil } = await readState(origin.destination, origin.stem, { signal })
  const state = pinned ? { ...emptyState, pinned, pinnedUntil } : emptyState
  const { copy: _, ...finished } = origin.manifest
  const seal =
    target.recipients === null
      ? undefined
      : {
          archive: archiveSent.stored,
          index: indexSent.stored,
          recipients: recipientNames(target.recipients),
        }
  const proven =
    origin.walked &&
    origin.manifest.archive.sha256 !== undefined &&
    archiveSent.confirmed &&
    indexSent.confirmed
  await finishCopy(target, finished, { job, parts, seal, proven, state })
  unfinished.finished(target)
}
