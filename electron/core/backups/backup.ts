import { randomBytes } from 'node:crypto'
import { v7 as uuid } from 'uuid'
import { AppError } from '../../../shared/errors.ts'
import type { BackupRequest } from '../../../shared/model/job.ts'
import type { OuterManifest } from '../../../shared/model/backup.ts'
import type { Server } from '../../../shared/model/server.ts'
import type { Source, SourceOverrides } from '../../../shared/model/source.ts'
import { toRemoteName } from '../../../shared/remote-name.ts'
import { createArchiveWriter, type FinishedArchive } from '../archive/writer.ts'
import { serverFolderName, sourceFolder } from '../archive/name.ts'
import { collectors } from '../collectors/registry.ts'
import type { Destination } from '../destinations/destination.ts'
import { openDestination } from '../destinations/registry.ts'
import type { DestinationProfiles } from '../destinations/profiles.ts'
import type { JobContext, JobOutcome } from '../jobs/job-context.ts'
import type { Clock, Log } from '../ports.ts'
import type { OpenServer, ServerAccess } from '../servers/server-access.ts'
import type { ServerProfiles } from '../servers/profiles.ts'
import { discover, type ServerLook } from '../sources/discover.ts'
import { noOverrides, type OverrideStore } from '../sources/override-store.ts'
import { accountCredentials, accountFacts, mayHoldCredentials } from './account-facts.ts'
import type { Catalog } from './catalog.ts'
import { claimName, type Place } from './claim-name.ts'
import { collectAll } from './collect.ts'
import { createIndexFile, type IndexFile } from './index-file.ts'
import { isGap, resultOf } from './result.ts'
import { openServerFolder } from './server-folder.ts'
import { keysOf } from './stored-backup.ts'
import { UploadGroup, type UploadTarget } from './upload-group.ts'
import { requireGood, verifyCopy } from './verify-copy.ts'

/** What a backup needs of the product. */
export interface BackupParts {
  readonly clock: Clock
  readonly log: Log
  readonly appName: string
  readonly profiles: ServerProfiles
  readonly servers: ServerAccess
  readonly overrides: OverrideStore
  readonly destinations: DestinationProfiles
  readonly catalog: Catalog
  readonly spoolFolder: string
}

/** One run, from the request to what is known before the first byte. */
interface Run {
  readonly id: string
  readonly nonce: string
  readonly startedAt: string
  readonly server: Server
  readonly open: OpenServer
  readonly look: ServerLook
  readonly source: Source
  readonly overrides: SourceOverrides
  readonly request: BackupRequest
  readonly serverId: string
}

/** The user's date, as it stands in archive names. */
function localDate(now: Date): string {
  const part = (value: number) => String(value).padStart(2, '0')
  return `${now.getFullYear()}-${part(now.getMonth() + 1)}-${part(now.getDate())}`
}

function findSource(look: ServerLook, name: string, server: Server): Source {
  const source = look.sources.find((each) => each.name === name)
  if (source) return source
  throw new AppError(
    'not-found',
    `${server.name} has no source called ${name}. Nothing was written; see: holdfast sources ${server.name}`,
  )
}

/** Where the source's folder lies at each destination. */
async function openPlaces(
  destinations: readonly Destination[],
  { server, open, source }: { readonly server: Server; readonly open: OpenServer; readonly source: Source },
  parts: BackupParts,
  signal: AbortSignal,
): Promise<{ readonly places: readonly Place[]; readonly serverId: string }> {
  const hostKeys = (await parts.servers.hostKeys(server)).map(({ type, fingerprint }) => ({
    type,
    sha256: fingerprint,
  }))
  const file = {
    format: 1 as const,
    id: server.id,
    name: server.name,
    host: server.host,
    hostKeys,
    machine: open.survey.machine,
  }
  const places: Place[] = []
  let serverId = server.id
  for (const destination of destinations) {
    const folderName = serverFolderName(server.name, server.id)
    const folder = await openServerFolder(destination, file, { signal, folderName })
    if (places.length === 0) serverId = folder.file.id
    places.push({ destination, folder: sourceFolder(folder.folder, source.kind, source.name) })
  }
  return { places, serverId }
}

/** Makes one backup, from the connection to the manifest, and puts it into the catalog. */
export async function runBackup(
  request: BackupRequest,
  job: JobContext,
  parts: BackupParts,
): Promise<JobOutcome> {
  const { signal } = job
  const server = parts.profiles.get(request.server)
  job.progress({ phase: 'connecting', bytes: 0, items: 0, current: null })
  await using stack = new AsyncDisposableStack()
  const open = stack.use(await parts.servers.open(server, { signal }))
  await parts.profiles.learned(server.id, open.survey)
  const overridesFor = (name: string) => parts.overrides.find(server.id, name)
  const look = await discover(open.shell, open.survey, { signal, overridesFor })
  const source = findSource(look, request.source, server)
  const overrides = overridesFor(source.name) ?? noOverrides
  const destinations: Destination[] = []
  for (const name of request.destinations) {
    destinations.push(stack.use(await openDestination(parts.destinations.get(name))))
  }
  const { places, serverId } = await openPlaces(destinations, { server, open, source }, parts, signal)
  const now = parts.clock.now()
  const claim = await claimName(places, { source: source.name, date: localDate(now), signal })
  const targets = places.map(({ destination }, at) => ({ destination, stem: claim.keys[at] ?? claim.stem }))
  for (const { destination, stem } of targets) await job.claimed({ destination: destination.name, key: stem })
  job.note('info', `Backing up ${server.name}/${source.name} as ${claim.stem}.tar.gz`)
  const id = uuid()
  const run: Run = {
    ...{ id, nonce: randomBytes(16).toString('hex'), startedAt: now.toISOString() },
    ...{ server, open, look, source, overrides, request, serverId },
  }
  await using index = await createIndexFile(parts.spoolFolder)
  await using uploads = await UploadGroup.open(targets, { signal })
  const finished = await writeArchive(run, { uploads, index }, job, parts)
  await using undo = new Unfinished()
  const stored = await uploads.commit()
  for (const target of stored.keys()) undo.add(target)
  for (const target of stored.keys()) await storeCopy(target, finished, { index, undo, job, parts })
  reportLost(uploads, job)
  const warnings = finished.manifest.components.reduce((sum, { warningCount }) => sum + warningCount, 0)
  const missing = uploads.lost.length > 0
  return { state: missing ? 'partial' : finished.manifest.result, backupId: id, warnings }
}

function reportLost(uploads: UploadGroup, job: JobContext): void {
  for (const { target, error } of uploads.lost) {
    job.note('error', `No copy at ${target.destination.name}: ${error.message}`)
  }
}

async function writeArchive(
  run: Run,
  sinks: { readonly uploads: UploadGroup; readonly index: IndexFile },
  job: JobContext,
  parts: BackupParts,
): Promise<FinishedArchive> {
  const { source, open, request, overrides, look } = run
  const { signal } = job
  const credentials = request.credentials && mayHoldCredentials(source)
  const exclude = [...new Set([...overrides.exclude, ...request.exclude])]
  let phase = 'files'
  const identity = {
    format: 1 as const,
    needs: [],
    id: run.id,
    nonce: run.nonce,
    source: { kind: source.kind, name: source.name, id: run.serverId, server: run.server.name },
    server: run.server.name,
    scope: request.scope,
    startedAt: run.startedAt,
    app: parts.appName,
  }
  await using archive = await createArchiveWriter({
    identity,
    account: accountFacts(source, open.survey),
    credentials: credentials ? await accountCredentials(open.shell, source, { signal }) : null,
    sink: (chunk) => sinks.uploads.write(chunk),
    indexSink: (chunk) => sinks.index.write(chunk),
    spoolFolder: parts.spoolFolder,
    isGap: (warning) => isGap(warning, overrides.accept),
    progress: ({ bytes, items, current }) =>
      job.progress({ phase, bytes, items, current: current === null ? null : toRemoteName(current) }),
    clock: parts.clock,
    signal,
  })
  const components = await collectAll(archive, collectors, {
    ...{
      shell: open.shell,
      survey: open.survey,
      source,
      overrides,
      exclude,
      credentials,
      signal,
      log: parts.log,
      clock: parts.clock,
    },
    scope: request.scope,
    databaseLogins: look.loginsOf(source.name),
    skip: (item) => archive.skip(item),
    began: (kind, name) => {
      phase = kind === name ? kind : `${kind} ${name}`
      job.note('info', `Reading ${phase}`)
    },
  })
  const { nonce, id, source: identified, app, scope, startedAt } = identity
  return await archive.finish({
    ...{ format: 1, needs: [], id, nonce, app, source: identified, scope, startedAt },
    finishedAt: parts.clock.now().toISOString(),
    trigger: request.trigger,
    schedule: null,
    exclude,
    tags: overrides.nobackupTag,
    result: resultOf(components),
    components: [...components],
    survey: open.survey,
  })
}

/** Copies that are visible but not backups yet; disposing deletes those that never became one. */
class Unfinished implements AsyncDisposable {
  readonly #targets = new Set<UploadTarget>()

  add(target: UploadTarget): void {
    this.#targets.add(target)
  }

  finished(target: UploadTarget): void {
    this.#targets.delete(target)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { signal } = new AbortController()
    for (const { destination, stem } of this.#targets) {
      const { archive, index } = keysOf(stem)
      for (const key of [index, archive]) await destination.delete(key, { signal })
    }
  }
}

/** Index, verification by reading back, then the manifest: from then on there is a backup. */
async function storeCopy(
  target: UploadTarget,
  finished: FinishedArchive,
  {
    index,
    undo,
    job,
    parts,
  }: {
    readonly index: IndexFile
    readonly undo: Unfinished
    readonly job: JobContext
    readonly parts: BackupParts
  },
): Promise<void> {
  const { signal } = job
  const { destination, stem } = target
  const keys = keysOf(stem)
  await index.send(destination, keys.index, { signal })
  const draft: OuterManifest = {
    ...finished.manifest,
    archive: finished.archive,
    index: finished.index,
    copy: { name: `${stem.split('/').at(-1) ?? stem}.tar.gz`, verified: null },
  }
  job.note('info', `Verifying the copy at ${destination.name}`)
  const report = await verifyCopy(destination, stem, draft, {
    level: 'deep',
    signal,
    progress: (bytes) => job.progress({ phase: 'verifying', bytes, items: 0, current: null }),
  })
  requireGood(report, keys.archive)
  const verified = { level: report.level, at: parts.clock.now().toISOString() }
  const manifest: OuterManifest = { ...draft, copy: { ...draft.copy, verified } }
  await destination.put(keys.manifest, Buffer.from(`${JSON.stringify(manifest)}\n`), { signal })
  undo.finished(target)
  parts.catalog.add(destination, stem, {
    manifest,
    state: { format: 1, pinned: false, checks: [], tombstone: null },
  })
}
