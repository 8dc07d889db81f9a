import { randomBytes } from 'node:crypto'
import { v7 as uuid } from 'uuid'
import { AppError } from '../../../shared/errors.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import type { BackupRequest } from '../../../shared/model/job.ts'
import type { Server } from '../../../shared/model/server.ts'
import type { Source, SourceOverrides } from '../../../shared/model/source.ts'
import { serverFolderName, sourceFolder } from '../archive/name.ts'
import type { Destination } from '../destinations/destination.ts'
import type { DestinationProfiles } from '../destinations/profiles.ts'
import type { Clock, Log, SpaceRules } from '../ports.ts'
import type { ServerProfiles } from '../servers/profiles.ts'
import type { OpenServer, ServerAccess } from '../servers/server-access.ts'
import { discover, type ServerLook } from '../sources/discover.ts'
import { noOverrides, type OverrideStore } from '../sources/override-store.ts'
import type { Encryption } from '../encryption/encryption.ts'
import type { Catalog } from './catalog.ts'
import type { CopyQueue } from './copy-queue.ts'
import type { Place } from './claim-name.ts'
import type { MissingCopies } from './missing-copies.ts'
import { openServerFolder } from './server-folder.ts'

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
  readonly copyQueue: CopyQueue
  /** Told of each backup that lacked a copy and lacks none any more. */
  readonly onWhole: (backup: Backup) => Promise<void>
  readonly encryption: Encryption
  readonly spoolFolder: string
  readonly space: SpaceRules
}

/** One run: all that is known before the first byte is read. */
export interface BackupRun {
  readonly id: string
  /** 32 hex digits that tie the first entry of an archive to its last. */
  readonly nonce: string
  readonly startedAt: Date
  readonly request: BackupRequest
  readonly server: Server
  /** The server's id at the destinations, which another laptop may have given it. */
  readonly serverId: string
  readonly open: OpenServer
  readonly look: ServerLook
  readonly source: Source
  readonly overrides: SourceOverrides
  /** At least one. */
  readonly places: readonly Place[]
}

interface Where {
  readonly destinations: readonly Destination[]
  /** Told of destinations that drop out. */
  readonly missing: MissingCopies
}

function findSource(look: ServerLook, name: string, server: Server): Source {
  const source = look.sources.find((each) => each.name === name)
  if (source) return source
  throw new AppError(
    'not-found',
    `${server.name} has no source called ${name}. Nothing was written; see: holdfast sources ${server.name}`,
  )
}

/** Where the source's archives lie at each destination, and the server's id at the first. */
async function openPlaces(
  { destinations, missing }: Where,
  { server, open, source }: Pick<BackupRun, 'server' | 'open' | 'source'>,
  { parts, signal }: { readonly parts: BackupParts; readonly signal: AbortSignal },
): Promise<Pick<BackupRun, 'places' | 'serverId'>> {
  const hostKeys = await parts.servers.hostKeys(server)
  const file = {
    ...{
      format: 1 as const,
      id: server.id,
      name: server.name,
      host: server.host,
      machine: open.survey.machine,
    },
    hostKeys: hostKeys.map(({ type, fingerprint }) => ({ type, sha256: fingerprint })),
  }
  const folderName = serverFolderName(server.name, server.id)
  const found = await missing.others(
    destinations,
    ({ name }) => name,
    async (destination) => {
      const { folder, file: known } = await openServerFolder(destination, file, { signal, folderName })
      const { encrypted: sealed } = parts.destinations.get(destination.name)
      return {
        ...{ destination, sealed, serverId: known.id },
        folder: sourceFolder(folder, source.kind, source.name),
      }
    },
  )
  const serverId = found[0]?.serverId ?? server.id
  await parts.profiles.knownAs(serverId, server.id)
  return { places: found, serverId }
}

/**
 * Looks at the server and finds the source and its place at each destination that can be reached. `open` stays the
 * caller's.
 */
export async function prepareRun(
  request: BackupRequest,
  { open, ...where }: Where & { readonly open: OpenServer },
  { parts, signal }: { readonly parts: BackupParts; readonly signal: AbortSignal },
): Promise<BackupRun> {
  const server = parts.profiles.get(request.server)
  await parts.profiles.learned(server.id, open.survey)
  const overridesFor = (name: string) => parts.overrides.find(server.id, name)
  const look = await discover(open.shell, open.survey, { signal, overridesFor })
  await parts.profiles.found(server.id, look.sources)
  const source = findSource(look, request.source, server)
  return {
    ...{ id: uuid(), nonce: randomBytes(16).toString('hex'), startedAt: parts.clock.now() },
    ...{ request, server, open, look, source, overrides: overridesFor(source.name) ?? noOverrides },
    ...(await openPlaces(where, { server, open, source }, { parts, signal })),
  }
}
