import { buffer } from 'node:stream/consumers'
import { z } from 'zod'
import type { ArchiveReader } from '../archive/reader.ts'
import type { NamedDatabase } from './mapping/account-facts.ts'

const kinds = [
  { engine: 'mysql', ending: '.sql' },
  { engine: 'postgresql', ending: '.dump' },
] as const

/** The true name of what `encodedName` made a part of a path. */
export function decodedName(name: string): string {
  return Buffer.from(
    name.replace(/%([0-9A-F]{2})/g, (_whole, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    ),
    'latin1',
  ).toString('utf8')
}

/** The databases whose dumps an archive holds, by their true names. */
export function archiveDatabases(reader: ArchiveReader): NamedDatabase[] {
  return kinds.flatMap(({ engine, ending }) =>
    reader.list(Buffer.from(`databases/${engine}`)).flatMap(({ path, type }) => {
      const file = path.toString('latin1').split('/').at(-1) ?? ''
      if (type !== 'file' || !file.endsWith(ending) || file.startsWith('_')) return []
      return [{ engine, name: decodedName(file.slice(0, -ending.length)) }]
    }),
  )
}

const MysqlUsers = z.object({ users: z.array(z.object({ user: z.string() })) })
const PostgresqlRoles = z.object({ roles: z.array(z.object({ name: z.string() })) })

/** The users of database servers that an archive tells of. */
export async function archiveDatabaseUsers(
  reader: ArchiveReader,
  { signal }: { readonly signal: AbortSignal },
): Promise<NamedDatabase[]> {
  const mysql = MysqlUsers.safeParse(await readJson(reader, 'databases/mysql/_grants.json', signal)).data
  const postgresql = PostgresqlRoles.safeParse(
    await readJson(reader, 'databases/postgresql/_roles.json', signal),
  ).data
  const names = new Set(mysql?.users.map(({ user }) => user).filter((user) => user !== ''))
  return [
    ...[...names].map((name): NamedDatabase => ({ engine: 'mysql', name })),
    ...(postgresql?.roles ?? []).map(({ name }): NamedDatabase => ({ engine: 'postgresql', name })),
  ]
}

async function readJson(reader: ArchiveReader, path: string, signal: AbortSignal): Promise<unknown> {
  const entry = reader.stat(Buffer.from(path))
  if (entry?.type !== 'file' || entry.size > 64 * 1024 * 1024) return undefined
  try {
    return JSON.parse((await buffer(reader.content(entry, { signal }))).toString('utf8'))
  } catch {
    return undefined
  }
}
