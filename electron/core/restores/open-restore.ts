import { advisedError } from '../advised-error.ts'
import { advise } from '../../../shared/advice.ts'
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { z } from 'zod'
import { AppError, hasCode } from '../../../shared/errors.ts'
import { fromRemoteName } from '../../../shared/remote-name.ts'
import type { Backup, OuterManifest } from '../../../shared/model/backup.ts'
import type { RestoreMapping } from '../../../shared/model/restore-mapping.ts'
import type { RestoreRequest } from '../../../shared/model/restore.ts'
import { isThrowaway } from '../../../shared/throwaway.ts'
import { AccountDocument } from '../archive/account-document.ts'
import { ArchiveHead } from '../archive/archive-head.ts'
import { CredentialsDocument } from '../archive/credentials-document.ts'
import type { ArchiveReader } from '../archive/reader.ts'
import { isAt } from '../collectors/selection.ts'
import { itemPath } from '../backups/item-path.ts'
import type { OpenBackup } from '../backups/open-backup.ts'
import { selectBackup } from '../backups/select.ts'
import type { Catalog } from '../backups/catalog.ts'
import type { Clock } from '../ports.ts'
import type { ServerProfiles } from '../servers/profiles.ts'
import type { OpenServer, ServerAccess } from '../servers/server-access.ts'
import { discover } from '../sources/discover.ts'
import type { OverrideStore } from '../sources/override-store.ts'
import { openArchiveFile } from './archive-file/open-archive-file.ts'
import type { FileKeys } from './archive-file/stored-file.ts'
import { archiveDatabases, archiveDatabaseUsers } from './archive-databases.ts'
import { newIds } from './account/ids.ts'
import { possibleShells } from './account/login-shell.ts'
import { lookForRoom } from './account/room.ts'
import { forThrowaway, throwawayMapping } from './drill/throwaway.ts'
import { deriveMapping } from './mapping.ts'
import { canonical } from './plan-digest.ts'
import type { ArchiveFacts, RestoreArchive, RestoreContext, RestoreTarget } from './restore-context.ts'

/** What restoring needs of the product. */
export interface RestoreParts {
  readonly clock: Clock
  readonly profiles: ServerProfiles
  readonly servers: ServerAccess
  readonly overrides: OverrideStore
  readonly catalog: Catalog
  /** Opens a backup at the first of its copies that can be reached. */
  readonly openBackup: (backup: Backup, options: { readonly signal: AbortSignal }) => Promise<OpenBackup>
  readonly cacheFolder: string
  /** What opens an encrypted archive file. */
  readonly keys: FileKeys
}

interface Opening {
  readonly signal: AbortSignal
  /** The target's server where it is open already; it stays the caller's and must outlive the restore. */
  readonly over?: OpenServer | undefined
}

/** A restore with its archive and its server open. Disposing closes both. */
export interface OpenRestore extends AsyncDisposable {
  readonly context: RestoreContext
  /** Paths in the archive that were asked for; null for everything. */
  readonly items: readonly Buffer[] | null
}

const documentCap = 16 * 1024 * 1024

async function readDocument<S extends z.ZodType>(
  reader: ArchiveReader,
  { path, schema, signal }: { readonly path: string; readonly schema: S; readonly signal: AbortSignal },
): Promise<z.output<S> | null> {
  const entry = reader.stat(Buffer.from(path))
  if (entry?.type !== 'file' || entry.size > documentCap) return null
  const text = (await buffer(reader.content(entry, { signal }))).toString('utf8')
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

function factsOf(manifest: OuterManifest): ArchiveFacts {
  const { archive: _archive, index: _index, copy: _copy, ...facts } = manifest
  return facts
}

/** What an archive says of itself, read through its reader. */
async function describeArchive(
  reader: ArchiveReader,
  options: {
    readonly name: string
    readonly facts: ArchiveFacts | null
    readonly trusted: boolean
    readonly signal: AbortSignal
  },
): Promise<RestoreArchive> {
  const { name, facts, trusted, signal } = options
  const head = await readDocument(reader, { path: 'holdfast.json', schema: ArchiveHead, signal })
  return {
    ...{ name, facts, reader, trusted, only: (facts ?? head)?.only ?? [] },
    account: await readDocument(reader, { path: 'account.json', schema: AccountDocument, signal }),
    credentials: await readDocument(reader, {
      path: 'credentials.json',
      schema: CredentialsDocument,
      signal,
    }),
  }
}

async function openFrom(
  { from }: RestoreRequest,
  parts: RestoreParts,
  { stack, signal }: { readonly stack: AsyncDisposableStack; readonly signal: AbortSignal },
): Promise<RestoreArchive> {
  if (from.kind === 'file') {
    const { cacheFolder, clock, keys } = parts
    const options = { cacheFolder, clock, keys, progress: () => undefined, signal }
    const opened = stack.use(await openArchiveFile(from.path, options))
    const { reader, inspection } = opened
    return describeArchive(reader, { name: from.path, facts: null, trusted: inspection.trusted, signal })
  }
  const backup = selectBackup(parts.catalog.list(), from.backup)
  const copies = backup.copies.filter(
    ({ destination }) => from.destination === null || destination === from.destination,
  )
  if (copies.length === 0) {
    throw new AppError('not-found', `${backup.name} has no copy at ${from.destination ?? 'any destination'}.`)
  }
  const manifest = parts.catalog.manifest(backup.id)
  const opened = stack.use(await parts.openBackup({ ...backup, copies }, { signal }))
  const facts = factsOf(manifest)
  return describeArchive(opened.reader, { name: backup.name, facts, trusted: true, signal })
}

async function openTarget(
  { to, create }: RestoreRequest,
  parts: RestoreParts,
  { stack, signal, over }: Opening & { readonly stack: AsyncDisposableStack },
): Promise<Omit<RestoreTarget, 'toMake'>> {
  const server = parts.profiles.get(to.server)
  const opened =
    over === undefined
      ? await parts.servers.open(server, { signal, resurvey: true })
      : await parts.servers.again(over, { signal })
  const { shell, survey } = stack.use(opened)
  await parts.profiles.learned(server.id, survey)
  const overridesFor = (name: string) => parts.overrides.find(server.id, name)
  const look = await discover(shell, survey, { signal, overridesFor })
  const source = look.sources.find(({ name }) => name === to.account) ?? null
  if (source === null && !create) {
    throw advisedError(
      'not-found',
      advise`${server.name} has no account called ${to.account}. Nothing was changed; make it there, or restore ${{ way: 'create' }}.`,
    )
  }
  return { server, shell, survey, look, source }
}

/** Where the account is yet to be made: what that meets over there, and the numbers that it will have. */
async function withRoom(
  target: Omit<RestoreTarget, 'toMake'>,
  archive: RestoreArchive,
  { mapping, request, signal }: Pick<RestoreContext, 'mapping' | 'request' | 'signal'>,
): Promise<{ readonly target: RestoreTarget; readonly mapping: RestoreMapping }> {
  if (target.source !== null) return { target: { ...target, toMake: null }, mapping }
  const { user, uid, gid, home } = mapping
  const shells = possibleShells(archive.account?.shell ?? null)
  const wanted = { user: user.to, uid: uid.from, home: home.to, shells }
  const room = await lookForRoom(target.shell, wanted, { signal })
  const { uidMin } = target.survey
  const group = archive.account?.groups[0] ?? null
  const { trusted } = archive
  const ids = newIds({ mapping, group, trusted, uidMin, overrides: request.map }, room)
  return {
    target: { ...target, toMake: { room, ids } },
    mapping: { ...mapping, uid: { from: uid.from, to: ids.uid }, gid: { from: gid.from, to: ids.gid } },
  }
}

/** 16 hex digits that are the same for the same request, so that what an interrupted restore left is recognised. */
function markOf(
  request: RestoreRequest,
  { facts, name }: RestoreArchive,
  { server }: Pick<RestoreTarget, 'server'>,
): string {
  const said = canonical([request, facts?.id ?? name, server.id])
  return createHash('sha256').update(said).digest('hex').slice(0, 16)
}

function isSameAccount(
  { facts, account }: RestoreArchive,
  { server, survey, source }: Pick<RestoreTarget, 'server' | 'survey' | 'source'>,
): boolean {
  if (facts === null || source === null) return false
  const sameMachine =
    facts.survey?.machine != null && survey.machine !== null
      ? facts.survey.machine === survey.machine
      : facts.source.server === server.name
  return sameMachine && facts.source.name === source.name && (account === null || account.uid === source.uid)
}

/** As `itemPath`, and a table `databases/ENGINE/DB/TABLE` of a dump, which is no path of its own in the archive. */
function itemOf(item: string, exists: (path: Buffer) => boolean): Buffer {
  const [table, database, engine] = /^(databases\/(mysql|postgresql)\/[^/]+)\/.+$/.exec(item) ?? []
  const ending = engine === 'mysql' ? 'sql' : 'dump'
  const dump = database === undefined ? null : Buffer.from(fromRemoteName(`${database}.${ending}`))
  if (table === undefined || dump === null || !exists(dump)) return itemPath(item, exists)
  return Buffer.from(fromRemoteName(table))
}

function itemsOf({ items, undoes }: RestoreRequest, exists: (path: Buffer) => boolean): Buffer[] {
  if (undoes === null) return items.map((item) => itemOf(item, exists))
  return items.flatMap((item) => {
    try {
      return [itemOf(item, exists)]
    } catch (error) {
      if (hasCode(error, 'not-found')) return []
      throw error
    }
  })
}

/** Insists that an archive which was limited to some paths is asked for these only: what else there is, nobody looked. */
function requireHeld({ name, only }: RestoreArchive, items: readonly Buffer[] | null): void {
  if (only.length === 0) return
  const places = only.map((path) => Buffer.from(fromRemoteName(path)))
  if (items?.every((item) => places.some((place) => isAt(item, place))) === true) return
  throw advisedError(
    'invalid-input',
    advise`${name} was made of ${only.join(', ')} only, so nothing else can be restored from it. Nothing was changed; restore these ${{ way: 'items', items: [...only] }}`,
    { details: { only: [...only] } },
  )
}

/** The same request with the backup's id in the place of what the person called it, which may soon mean another. */
function pinned(request: RestoreRequest, { catalog }: RestoreParts): RestoreRequest {
  const { from } = request
  if (from.kind === 'file') return request
  return { ...request, from: { ...from, backup: selectBackup(catalog.list(), from.backup).id } }
}

/** Opens the archive and the target of a restore, and works out what is called what. Changes nothing over there. */
export async function openRestore(
  asked: RestoreRequest,
  parts: RestoreParts,
  { signal, over }: Opening,
): Promise<OpenRestore> {
  await using stack = new AsyncDisposableStack()
  const request = pinned(asked, parts)
  const throwaway = isThrowaway(request.to.account)
  const opened = await openFrom(request, parts, { stack, signal })
  const archive = throwaway ? forThrowaway(opened) : opened
  const { reader } = archive
  const exists = (path: Buffer) => reader.stat(path) !== null
  const items = request.items.length === 0 ? null : itemsOf(request, exists)
  requireHeld(archive, items)
  const found = await openTarget(request, parts, { stack, signal, over })
  const { source } = found
  const own = archive.account ?? {
    ...{ name: archive.facts?.source.name ?? request.to.account, documentRoots: [], mailboxes: [] },
    ...{ uid: source?.uid ?? 0, gid: source?.gid ?? 0, home: source?.home ?? `/home/${request.to.account}` },
  }
  const sameAccount = isSameAccount(archive, found)
  const override = own.name !== request.to.account && source === null
  const derived = deriveMapping({
    archive: { ...own, documentRoots: own.documentRoots },
    databases: archiveDatabases(reader),
    databaseUsers: await archiveDatabaseUsers(reader, { signal }),
    ...{ target: source, sameAccount },
    overrides: override
      ? [{ kind: 'user', rename: `${own.name}=${request.to.account}` }, ...request.map]
      : request.map,
  })
  const named = throwaway ? throwawayMapping(derived, archive) : derived
  const { target, mapping } = await withRoom(found, archive, { mapping: named, request, signal })
  const resources = stack.move()
  return {
    items,
    context: {
      ...{ request, archive, mapping, sameAccount, signal },
      target: throwaway ? target : { ...target, shell: target.shell.hurried },
      ...{ mark: markOf(request, archive, target), clock: parts.clock },
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}
