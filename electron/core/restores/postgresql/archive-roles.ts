import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import type { ArchiveReader } from '../../archive/reader.ts'

const text = z.string().nullish()

const ArchiveRole = z.object({
  name: z.string().min(1).max(255),
  login: z.boolean().default(false),
  connectionLimit: z.int().default(-1),
  memberOf: z.array(z.string()).default([]),
  password: text,
})
export type ArchiveRole = z.infer<typeof ArchiveRole>

const ArchivedDatabase = z.object({
  ...{ name: z.string(), owner: z.string(), encoding: z.string(), collate: text, ctype: text },
  ...{ localeProvider: text, locale: text, icuRules: text, comment: text },
  connectionLimit: z.int().default(-1),
  acl: z.array(z.string()).nullish(),
  settings: z.array(z.object({ role: text, settings: z.array(z.string()).default([]) })).default([]),
})
export type ArchivedDatabase = z.infer<typeof ArchivedDatabase>

const Document = z.object({ roles: z.array(ArchiveRole), databases: z.array(ArchivedDatabase) })

/** What an archive tells of the roles and databases that its dumps are from. */
export interface ArchivedServer {
  readonly roles: readonly ArchiveRole[]
  readonly databases: ReadonlyMap<string, ArchivedDatabase>
}

/** Reads `_roles.json`; empty where there is none that can be understood. Nothing in it is believed to be harmless. */
export async function archivedServer(
  reader: ArchiveReader,
  { signal }: { readonly signal: AbortSignal },
): Promise<ArchivedServer> {
  const entry = reader.stat(Buffer.from('databases/postgresql/_roles.json'))
  if (entry?.type !== 'file' || entry.size > 64 * 1024 * 1024) return { roles: [], databases: new Map() }
  const content = (await buffer(reader.content(entry, { signal }))).toString('utf8')
  const { roles, databases } = parsed(content)
  return { roles, databases: new Map(databases.map((database) => [database.name, database])) }
}

function parsed(content: string): z.infer<typeof Document> {
  try {
    return Document.safeParse(JSON.parse(content)).data ?? { roles: [], databases: [] }
  } catch {
    return { roles: [], databases: [] }
  }
}

const scram = /^SCRAM-SHA-256\$\d{1,8}:[A-Za-z0-9+/=]{4,200}\$[A-Za-z0-9+/=]{40,60}:[A-Za-z0-9+/=]{40,60}$/

/** A role's hash as a server takes it, where it is one; those of the old kind are good under the old name only. */
export function passwordOf({ name, password }: ArchiveRole, as: string): string | null {
  if (password == null) return null
  if (scram.test(password)) return password
  return name === as && /^md5[0-9a-f]{32}$/.test(password) ? password : null
}
