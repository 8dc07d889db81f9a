import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import {
  BackupState,
  OuterManifest,
  type Backup,
  type BackupCopy,
  type QueuedCopy,
} from '../../../shared/model/backup.ts'
import { requireUnderstood } from '../archive/archive-head.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import { openManifest, SealedManifest, sealNeed, type Keys } from './sealed-manifest.ts'

const manifestEnd = '.manifest.json'
/** Bytes that a manifest may have: its lists are cut at 1,000 paths. */
const manifestLimit = 32 * 1024 * 1024

/** The objects of one stored backup, by their common stem (FORMAT §1). */
export interface BackupKeys {
  readonly stem: Key
  readonly archive: Key
  readonly index: Key
  readonly manifest: Key
  readonly state: Key
}

/** The keys of a backup whose archive is `<stem>.tar.gz`, or `<stem>.tar.gz.age` where it is encrypted. */
export function keysOf(stem: Key, { sealed = false }: { readonly sealed?: boolean } = {}): BackupKeys {
  const ending = sealed ? '.age' : ''
  return {
    stem,
    archive: `${stem}.tar.gz${ending}`,
    index: `${stem}.index.gz${ending}`,
    manifest: `${stem}${manifestEnd}`,
    state: `${stem}.state.json`,
  }
}

/** What an archive and its index may be called, encrypted or not. */
export function bodyKeysOf(stem: Key): readonly Key[] {
  return [keysOf(stem), keysOf(stem, { sealed: true })].flatMap(({ index, archive }) => [index, archive])
}

/** The stem of an archive's key. */
export function stemOfArchive(key: Key): Key {
  return key.replace(/\.tar\.gz(\.age)?$/, '')
}

/** True for a copy that is encrypted. */
export function isSealed({ copy }: Pick<OuterManifest, 'copy'>): boolean {
  return copy.seal !== undefined
}

/** The stem that a manifest's key stands for, or null for any other key. */
export function stemOfManifest(key: Key): Key | null {
  return key.endsWith(manifestEnd) ? key.slice(0, -manifestEnd.length) : null
}

/** Reads a small object whole. Throws `corrupt` where it has more bytes than `limit`. */
export async function readSmall(
  destination: Destination,
  key: Key,
  options: { readonly signal: AbortSignal; readonly limit?: number },
): Promise<Buffer> {
  const limit = options.limit ?? manifestLimit
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of (await destination.get(key, options)) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit)
      throw new AppError('corrupt', `${key} at ${destination.name} is too large to be what its name says.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function readJson<S extends z.ZodType>(
  destination: Destination,
  key: Key,
  schema: S,
  options: { readonly signal: AbortSignal },
): Promise<z.output<S>> {
  const body = await readSmall(destination, key, options)
  try {
    return schema.parse(JSON.parse(body.toString('utf8')))
  } catch (cause) {
    throw new AppError(
      'corrupt',
      `${key} at ${destination.name} is damaged. The archive beside it is untouched.`,
      { cause },
    )
  }
}

/**
 * Reads and checks an outer manifest, the whole of it also where it is encrypted. Throws `not-found`, `corrupt`,
 * `unsupported` for an unknown need, `key-missing` where no key opens it, and as `keys` does.
 */
export async function readManifest(
  destination: Destination,
  stem: Key,
  { signal, keys }: { readonly signal: AbortSignal; readonly keys: Keys },
): Promise<OuterManifest> {
  const { manifest: key } = keysOf(stem)
  const stored = await readJson(destination, key, z.union([SealedManifest, OuterManifest]), { signal })
  const sealed = 'sealed' in stored
  requireUnderstood(
    stored.needs.filter((need) => !sealed || need !== sealNeed),
    stem,
  )
  if (!sealed) return stored
  const manifest = await openManifest(stored, { name: stem, keys })
  requireUnderstood(manifest.needs, stem)
  return manifest
}

/** The state of a backup to which nothing has happened. */
export const emptyState: BackupState = {
  ...{ format: 1, pinned: false, pinnedUntil: null, checks: [], tombstone: null },
  sizeAccepted: false,
}

/** What changed about a stored backup since it was made; the empty state where nothing did. */
export async function readState(
  destination: Destination,
  stem: Key,
  options: { readonly signal: AbortSignal },
): Promise<BackupState> {
  const { state } = keysOf(stem)
  if ((await destination.stat(state, options)) === null) return emptyState
  return readJson(destination, state, BackupState, options)
}

/** Replaces the state beside an archive. */
export async function writeState(
  destination: Destination,
  stem: Key,
  state: BackupState,
  options: { readonly signal: AbortSignal },
): Promise<void> {
  await destination.put(keysOf(stem).state, Buffer.from(JSON.stringify(state)), { ...options, replace: true })
}

/** The copy that a manifest and a state describe. */
export function copyOf(
  destination: Destination,
  stem: Key,
  manifest: OuterManifest,
  state: BackupState,
): BackupCopy {
  const { archive } = keysOf(stem, { sealed: isSealed(manifest) })
  const later = state.checks.at(-1)
  const first = manifest.copy.verified
  const by = first?.by ?? 'read-back'
  return {
    destination: destination.name,
    key: archive,
    name: archive.split('/').at(-1) ?? archive,
    size: manifest.copy.seal?.archive.size ?? manifest.archive.size,
    encrypted: isSealed(manifest),
    verified: later ? { ...later, by: 'read-back' } : first && { ...first, by, ok: true },
    readBackAt: later?.at ?? (first && by === 'read-back' ? first.at : null),
    pinned: state.pinned,
    pinnedUntil: state.pinnedUntil,
    announcedAt: state.tombstone?.at ?? null,
    sizeAccepted: state.sizeAccepted,
    path: destination.capabilities.path(archive),
  }
}

/** The catalog's row for a backup with these copies, and those that it lacks. `server` is the profile's name of today. */
export function rowOf(
  manifest: OuterManifest,
  { copies, missing }: { readonly copies: readonly BackupCopy[]; readonly missing: readonly QueuedCopy[] },
  server: string,
): Backup {
  return {
    id: manifest.id,
    name: copies[0]?.name ?? manifest.copy.name,
    server,
    serverId: manifest.source.id,
    source: manifest.source.name,
    kind: manifest.source.kind,
    scope: manifest.scope,
    startedAt: manifest.startedAt,
    finishedAt: manifest.finishedAt,
    trigger: manifest.trigger,
    only: manifest.only ?? [],
    schedule: manifest.schedule && { id: manifest.schedule.id, name: manifest.schedule.name },
    result: manifest.result,
    warnings: manifest.components.reduce((sum, { warningCount }) => sum + warningCount, 0),
    components: manifest.components.map(({ kind, name, status, items, bytes }) => ({
      kind,
      name,
      status,
      items,
      bytes,
    })),
    ...{ copies: [...copies], missing: [...missing] },
  }
}
