import { z } from 'zod'
import { AppError } from '../../../shared/errors.ts'
import type { Destination, Key } from '../destinations/destination.ts'
import { readSmall } from './stored-backup.ts'

/** What lies in `<server>/server.json` (FORMAT §1). */
export const ServerFile = z.object({
  format: z.literal(1),
  id: z.string(),
  name: z.string(),
  host: z.string(),
  hostKeys: z.array(z.object({ type: z.string(), sha256: z.string() })),
  machine: z.string().nullable(),
})
export type ServerFile = z.infer<typeof ServerFile>

export interface ServerFolder {
  /** First part of every key of this server. */
  readonly folder: Key
  readonly file: ServerFile
}

function parse(body: Buffer): ServerFile | null {
  try {
    return ServerFile.parse(JSON.parse(body.toString('utf8')))
  } catch {
    return null
  }
}

/** The `server.json` of a folder. Throws `not-found`, or `corrupt` where it is damaged. */
export async function readServerFile(
  destination: Destination,
  folder: Key,
  options: { readonly signal: AbortSignal },
): Promise<ServerFile> {
  const file = parse(await readSmall(destination, `${folder}/server.json`, options))
  if (file) return file
  throw new AppError(
    'corrupt',
    `${folder}/server.json at ${destination.name} is damaged. The archives beside it are untouched.`,
  )
}

/** All servers that a destination knows. A damaged `server.json` is passed over: its folder gets no newcomer. */
export async function listServerFolders(
  destination: Destination,
  options: { readonly signal: AbortSignal },
): Promise<readonly ServerFolder[]> {
  const found: ServerFolder[] = []
  for await (const { key } of destination.list('', options)) {
    const [folder, name, ...rest] = key.split('/')
    if (folder === undefined || name !== 'server.json' || rest.length > 0) continue
    const file = parse(await readSmall(destination, key, options))
    if (file) found.push({ folder, file })
  }
  return found
}

/** The same machine: its own id, or the same machine hash together with a host key in common. */
function isSame(known: ServerFile, server: ServerFile): boolean {
  if (known.id === server.id) return true
  const keys = new Set(known.hostKeys.map(({ sha256 }) => sha256))
  return (
    known.machine !== null &&
    known.machine === server.machine &&
    server.hostKeys.some(({ sha256 }) => keys.has(sha256))
  )
}

/**
 * The folder of a server at a destination: the one that some laptop made for this machine, or a new one.
 * A host key or name that changed is written into its `server.json`.
 */
export async function openServerFolder(
  destination: Destination,
  server: ServerFile,
  options: { readonly signal: AbortSignal; readonly folderName: Key },
): Promise<ServerFolder> {
  const known = (await listServerFolders(destination, options)).find(({ file }) => isSame(file, server))
  if (!known) return createServerFolder(destination, server, options)
  const hostKeys = [...known.file.hostKeys]
  for (const key of server.hostKeys) {
    if (!hostKeys.some(({ sha256 }) => sha256 === key.sha256)) hostKeys.push(key)
  }
  const file: ServerFile = { ...known.file, hostKeys, machine: known.file.machine ?? server.machine }
  if (JSON.stringify(file) !== JSON.stringify(known.file) && destination.capabilities.replace) {
    await destination.put(`${known.folder}/server.json`, body(file), { ...options, replace: true })
  }
  return { folder: known.folder, file }
}

async function createServerFolder(
  destination: Destination,
  server: ServerFile,
  options: { readonly signal: AbortSignal; readonly folderName: Key },
): Promise<ServerFolder> {
  try {
    await destination.put(`${options.folderName}/server.json`, body(server), options)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error
    const there = parse(await readSmall(destination, `${options.folderName}/server.json`, options))
    if (!there || !isSame(there, server)) throw error
  }
  return { folder: options.folderName, file: server }
}

const body = (file: ServerFile): Buffer => Buffer.from(`${JSON.stringify(file, null, 2)}\n`)
