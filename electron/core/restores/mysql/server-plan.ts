import { advise } from '../../../../shared/advice.ts'
import type { PlanSpace } from '../../../../shared/model/restore-plan.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import { secondDatabasesSpace } from '../database-space.ts'
import type { PlanContext } from '../restore-context.ts'
import type { ArchiveServer } from './archive-users.ts'
import type { Import } from './database-plan.ts'
import { parseVersion, type ServerFacts } from './flavour.ts'
import type { ImportMethod } from './method.ts'
import { noteOldServer } from './old-server.ts'
import { noteDistrust } from './distrust.ts'
import { answer } from './over-there.ts'
import { shownRight } from './single-grants.ts'
import type { PlannedUsers } from './target-users.ts'

/** Notes that no server answers over there, and says whether that is so. */
export function unusableServer({ target, note }: PlanContext, count: number): boolean {
  if (target.survey.mysql?.reachable === true) return false
  note({
    ...{ level: 'blocker', code: 'no-server' },
    text: `${target.server.name} has no MySQL or MariaDB server that answers, but ${count} databases are to be restored.`,
    remedy: 'Install MariaDB there or start it, or restore without the databases.',
  })
  return true
}

/** Notes what of the server is in the way or differs. Returns the room that the second databases take. */
export async function noteServer(
  context: PlanContext,
  {
    server,
    facts,
    imports,
    users,
    archive: then,
  }: {
    readonly server: MysqlServer
    readonly facts: ServerFacts
    readonly imports: readonly (Import & { readonly way: ImportMethod })[]
    readonly users: PlannedUsers
    readonly archive: ArchiveServer
  },
): Promise<PlanSpace[]> {
  const { note, target } = context
  noteOldServer(context, facts)
  noteVersion(context, facts)
  for (const { dump, to, now } of imports) {
    const collation = then.databases.get(dump.database)?.collation
    if (now.exists || collation === undefined || facts.collations.has(collation)) continue
    note({
      ...{ level: 'blocker', code: 'collation' },
      text: `${to} would be made with the collation ${collation}, which the database server of ${target.server.name} does not know.`,
      remedy: `Make an empty database ${to} there with another collation, and restore into it.`,
    })
  }
  for (const one of imports) await noteDistrust(one, { server, facts }, context)
  const { rows } = await answer(
    server,
    ['SELECT COUNT(*) FROM information_schema.INNODB_TRX WHERE trx_started < NOW() - INTERVAL 60 SECOND'],
    { force: true },
  )
  if (Number(rows[0]?.[0] ?? 0) > 0) {
    note({
      ...{ level: 'warning', code: 'transactions' },
      text: `${rows[0]?.[0]} transactions are open for longer than a minute; where they hold tables, these cannot be exchanged.`,
      remedy: 'Wait for them, or stop the site for the time of the restore.',
    })
  }
  for (const { name, host, state } of users.users) {
    if (state !== 'others') continue
    note({
      ...{ level: 'warning', code: 'database-user' },
      text: `The database user ${name}@${host} is there and has rights that are not this account's, so it is left as it is and gets none.`,
      ...advise`Give it another name ${{ way: 'rename', kind: 'dbuser', from: null }}.`,
    })
  }
  noteRights(context, users, then)
  const exchanged = imports.filter(({ way }) => way.method === 'swap')
  return exchanged.length === 0
    ? []
    : [
        secondDatabasesSpace(
          context,
          facts.folder,
          exchanged.map(({ dump }) => dump),
        ),
      ]
}

/** Notes the rights that users of the backup had and will not have. */
function noteRights(
  { note, sameAccount, archive }: PlanContext,
  { users }: PlannedUsers,
  { roles }: ArchiveServer,
): void {
  const made = users.filter(({ state }) => state === 'missing')
  if (sameAccount && made.length === 0) return
  const others = users.reduce((sum, { from }) => sum + from.others, 0)
  const left = users.filter(({ state }) => state !== 'missing').flatMap(({ single }) => single)
  const look = `Look at databases/mysql/_grants.json in ${archive.name} and give them by hand.`
  if (others + roles.length > 0) {
    const named = roles.length === 0 ? '' : ` The roles were ${roles.slice(0, 5).join(', ')}.`
    note({
      ...{ level: 'warning', code: 'grants' },
      text: `${others} rights by roles or on the whole server are in the backup and are not brought.${named}`,
      remedy: look,
    })
  }
  if (left.length > 0) {
    const first = left.slice(0, 5).map(({ right }) => shownRight(right))
    note({
      ...{ level: 'warning', code: 'grants' },
      text: `${left.length} rights on single tables and routines are not brought, for their users are there already: ${first.join('; ')}.`,
      remedy: look,
    })
  }
}

/** Notes what differs from the server that the backup is of. */
export function noteVersion({ archive, note, target }: PlanContext, { text, version }: ServerFacts): void {
  const then = archive.facts?.survey?.mysql?.version
  const before = then === undefined ? null : parseVersion(then)
  if (then === undefined || before === null || Math.floor(before.version / 100) === Math.floor(version / 100))
    return
  note({
    level: before.version > version ? 'warning' : 'info',
    code: 'version',
    text: `The backup is of a server ${then}; ${target.server.name} has ${text}.`,
    remedy:
      before.version > version
        ? 'What the older server does not know is refused before anything is replaced.'
        : null,
  })
}
