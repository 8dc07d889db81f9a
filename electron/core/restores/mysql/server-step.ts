import { z } from 'zod'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { ComponentReport } from '../../../../shared/model/restore-report.ts'
import { accountName } from '../../collectors/mysql/sql.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { StepContext } from '../restore-context.ts'
import type { StepKind } from '../step-kind.ts'
import { archiveServer } from './archive-users.ts'
import { readContents, removeDatabase } from './contents.ts'
import { creating } from './make-programs.ts'
import { must, rootServer } from './over-there.ts'
import { grantName } from './import-login.ts'
import { immediate } from './stored-programs.ts'
import { planUsers, type PlannedUser } from './target-users.ts'

type Step = StepOf<'database-server'>

/** What a step made; only that is taken back. */
const Made = z.object({
  databases: z.array(z.string()).default([]),
  users: z.array(z.object({ name: z.string(), host: z.string() })).default([]),
  grants: z.array(z.object({ name: z.string(), host: z.string(), database: z.string() })).default([]),
})

function madeBy({ noted }: StepContext): z.infer<typeof Made> {
  return Made.parse(noted())
}

function databasesOf(step: Step, { mapping }: StepContext): { readonly from: string; readonly to: string }[] {
  return mapping.databases.filter(
    ({ engine, to }) => engine === 'mysql' && step.databases.some(({ name }) => name === to),
  )
}

function statement(sql: string): string {
  return immediate(Buffer.from(sql))
}

function creatingUser({ name, host, from }: PlannedUser): string {
  return statement(`CREATE USER ${accountName(name, host)} ${from.identified ?? 'ACCOUNT LOCK'}`)
}

async function apply(step: Step, context: StepContext): Promise<void> {
  const server = await rootServer(context)
  const archive = await archiveServer(context.archive.reader, context)
  const databases = databasesOf(step, context)
  const isNew = (database: string) => step.databases.some(({ name, exists }) => name === database && !exists)
  const planned = (await planUsers(context, server, { archive, databases })).users.filter((user) =>
    step.users.some(({ name, host }) => name === user.name && host === user.host),
  )
  const missing = planned.filter(({ state }) => state === 'missing')
  const grants = planned.flatMap(({ name, host, rights, state }) =>
    [...rights]
      .filter(([database]) => state === 'missing' || (state === 'exists' && isNew(database)))
      .map(([database, privileges]) => ({ name, host, database, privileges })),
  )
  const fresh = databases.filter(({ to }) => isNew(to))
  await context.noteFacts({
    databases: fresh.map(({ to }) => to),
    users: missing.map(({ name, host }) => ({ name, host })),
    grants: grants.filter(({ database }) => isNew(database)),
    made: fresh.length + missing.length > 0,
  })
  await must(
    server,
    [
      ...fresh.map(({ from, to }) =>
        creating(to, archive.databases.get(from) ?? { charset: '', collation: '' }),
      ),
      ...missing.map(creatingUser),
      ...grants.map(({ name, host, database, privileges }) =>
        statement(`GRANT ${privileges} ON ${grantName(database)}.* TO ${accountName(name, host)}`),
      ),
    ],
    { what: 'make the databases and their users' },
  )
  for (const { name, host, from } of missing) {
    if (from.identified !== null) continue
    context.remark({
      text: `The database user ${name}@${host} has no password: the backup holds none that this server takes, so nobody can log in with it.`,
      remedy: `Set one with: ALTER USER ${accountName(name, host)} IDENTIFIED BY '…' ACCOUNT UNLOCK`,
    })
  }
}

async function check(step: Step, context: StepContext): Promise<ComponentReport> {
  const server = await rootServer(context)
  const rows = await must(server, ["SELECT CONCAT(HEX(User), ' ', HEX(Host)) FROM mysql.user"], {
    what: 'say which users it has',
  })
  const users = new Set(rows.map(([key]) => key))
  const hex = (text: string) => Buffer.from(text).toString('hex').toUpperCase()
  const bad = step.users
    .filter(({ name, host }) => !users.has(`${hex(name)} ${hex(host)}`))
    .map(({ name, host }) => `The user ${name}@${host} is not there`)
  for (const { name } of step.databases) {
    if (!(await readContents(server, name)).exists) bad.push(`The database ${name} is not there`)
  }
  const of = step.users.length + step.databases.length
  return {
    ...{ component: step.component, unit: 'databases and users', of, good: of - bad.length },
    ...{ how: 'read back from the server', bad },
  }
}

/** Removes what was made, and nothing else. */
async function unmake(server: MysqlServer, context: StepContext): Promise<void> {
  const { databases, users, grants } = madeBy(context)
  for (const database of databases) await removeDatabase(server, database)
  const isMade = (grant: { readonly name: string; readonly host: string }) =>
    users.some(({ name, host }) => name === grant.name && host === grant.host)
  const rights = await must(server, ['SELECT HEX(User), HEX(Host), HEX(Db) FROM mysql.db'], {
    what: 'say who has which rights',
  })
  const hex = (text: string) => Buffer.from(text).toString('hex').toUpperCase()
  const revokes = grants.flatMap((grant) => {
    const pattern = grant.database.replaceAll(/[\\_%]/g, '\\$&')
    const has = rights.some(
      ([user, host, database]) =>
        user === hex(grant.name) && host === hex(grant.host) && database === hex(pattern),
    )
    if (isMade(grant) || !has) return []
    return [
      statement(
        `REVOKE ALL PRIVILEGES ON ${grantName(grant.database)}.* FROM ${accountName(grant.name, grant.host)}`,
      ),
    ]
  })
  const drops = users.map(({ name, host }) => statement(`DROP USER IF EXISTS ${accountName(name, host)}`))
  await must(server, [...revokes, ...drops], { what: 'remove the users that were made' })
}

/** Makes databases that are not there, their users, and the rights of those on exactly these databases. */
export const mysqlServerStep: StepKind<Step> = {
  apply,
  check,
  async rollback(_step, context) {
    const { databases, users, grants } = madeBy(context)
    if (databases.length + users.length + grants.length === 0) return
    await unmake(await rootServer(context), context)
    await context.noteFacts({ databases: [], users: [], grants: [], made: false })
  },
  commit: () => Promise.resolve(),
  async remove(_step, context) {
    await unmake(await rootServer(context), context)
  },
}
