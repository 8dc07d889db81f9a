import type { PlanSpace } from '../../../../shared/model/restore-plan.ts'
import { secondDatabasesSpace } from '../database-space.ts'
import type { PlanContext } from '../restore-context.ts'
import type { ArchivedServer } from './archive-roles.ts'
import type { Import } from './database-plan.ts'
import type { TargetServer } from './target-server.ts'

/** Notes that there is no server, where that is so. */
export function unusableServer({ target, note }: PlanContext, count: number): boolean {
  if (target.survey.postgresql?.reachable === true) return false
  note({
    ...{ level: 'blocker', code: 'no-server' },
    text: `${target.server.name} has no PostgreSQL server that answers, but ${count} databases are to be restored.`,
    remedy: 'Install PostgreSQL there or start it, or restore without the databases.',
  })
  return true
}

/** The version of PostgreSQL from which on a format of dumps is read, by the format's number. */
const readers: Readonly<Record<number, number>> = { 14: 12, 15: 16, 16: 17 }

function major(text: string): number | null {
  const found = /\b(\d+)(?:\.\d+)*/.exec(text)?.[1]
  return found === undefined ? null : Number(found)
}

/** Notes what of the server is in the way or differs. Returns the room that the second databases take. */
export async function noteServer(
  context: PlanContext,
  {
    server,
    imports,
    archive,
  }: {
    readonly server: TargetServer
    readonly imports: readonly Import[]
    readonly archive: ArchivedServer
  },
): Promise<PlanSpace[]> {
  const { note, target } = context
  const name = target.server.name
  if (!server.superuser || server.version < 110_000 || server.listens.trim() === '') {
    const why = !server.superuser
      ? `the system's user postgres is no administrator of it`
      : server.version < 110_000
        ? `it is ${server.text}, and databases are exchanged only from PostgreSQL 11 on`
        : 'it listens on no address, so the confined login of an import cannot get in'
    note({
      ...{ level: 'blocker', code: 'version' },
      text: `The PostgreSQL server of ${name} cannot be used: ${why}.`,
      remedy: 'Change that, or restore the files alone and read the dumps in by hand.',
    })
  }
  await noteReader(context, imports)
  noteVersions(context, server, imports)
  for (const { dump, to, live } of imports) {
    const then = archive.databases.get(dump.database)
    if (then === undefined) continue
    if (live !== null) {
      if (live.encoding === then.encoding) continue
      note({
        ...{ level: 'warning', code: 'encoding' },
        text: `${to} is encoded in ${live.encoding} and stays so; in the backup it is ${then.encoding}.`,
        remedy: `What ${live.encoding} cannot hold is refused before anything is replaced.`,
      })
      continue
    }
    const wanted = [then.collate, then.ctype].filter((one) => one != null)
    const unknown = wanted.filter((one) => !isKnown(one, server))
    if (unknown.length === 0) continue
    note({
      ...{ level: 'blocker', code: 'collation' },
      text: `${to} would be made with the locale ${unknown[0]}, which the PostgreSQL server of ${name} does not know.`,
      remedy: `Make that locale there and restart PostgreSQL, or make an empty database ${to} there with another one, and restore into it.`,
    })
  }
  return [
    secondDatabasesSpace(
      context,
      server.folder,
      imports.map(({ dump }) => dump),
    ),
  ]
}

/** Names of one locale differ in how they write the encoding. */
function isKnown(locale: string, { collations }: TargetServer): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9_.@]/g, '')
  return collations.some((one) => plain(one) === plain(locale))
}

/** Notes dumps that the tool over there cannot read. */
export async function noteReader(
  { note, target, signal }: PlanContext,
  imports: readonly Pick<Import, 'contents' | 'dump'>[],
): Promise<void> {
  const { facts } = await target.shell.run('postgresql-tools', { signal })
  const tool = major(facts.get('restore') ?? '')
  for (const { contents, dump } of imports) {
    const least = readers[contents.head.minor] ?? 11
    if (tool !== null && tool >= least) continue
    note({
      ...{ level: 'blocker', code: 'version' },
      text: `The dump of ${dump.database} is read by pg_restore of PostgreSQL ${least} and later; ${target.server.name} has ${facts.get('restore') ?? 'none'}.`,
      remedy: 'Install a newer client there, or restore without the databases.',
    })
  }
}

function noteVersions({ note, target }: PlanContext, server: TargetServer, imports: readonly Import[]): void {
  for (const { contents, dump } of imports) {
    const then = major(contents.head.server)
    const now = Math.floor(server.version / 10_000)
    if (then === null || then === now) continue
    note({
      level: then > now ? 'warning' : 'info',
      code: 'version',
      text: `The dump of ${dump.database} is of PostgreSQL ${contents.head.server}; ${target.server.name} has ${server.text}.`,
      remedy:
        then > now ? 'What the older server does not know is refused before anything is replaced.' : null,
    })
  }
}
