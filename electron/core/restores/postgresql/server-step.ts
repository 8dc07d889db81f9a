import { z } from 'zod'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { ComponentReport } from '../../../../shared/model/restore-report.ts'
import type { StepContext } from '../restore-context.ts'
import type { StepKind } from '../step-kind.ts'
import { archivedServer } from './archive-roles.ts'
import { anyDatabase, must, tryRun } from './over-there.ts'
import { identifier, literal } from './sql.ts'
import { planRoles, type PlannedRole } from './target-roles.ts'
import { targetServer } from './target-server.ts'

type Step = StepOf<'database-server'>

const Made = z.object({ roles: z.array(z.string()).default([]) })

function creating({ name, password, connectionLimit }: PlannedRole): string {
  const limit = connectionLimit < 0 ? '' : ` CONNECTION LIMIT ${connectionLimit}`
  const hash = password === null ? '' : ` PASSWORD${literal(password)}`
  return `CREATE ROLE ${identifier(name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS${limit}${hash}`
}

async function apply(step: Step, context: StepContext): Promise<void> {
  const server = await targetServer(context)
  const archive = await archivedServer(context.archive.reader, context)
  const databases = context.mapping.databases.filter(({ engine }) => engine === 'postgresql')
  const { roles } = planRoles(context, server, { archive, databases })
  const missing = roles.filter(
    ({ name, state }) => state === 'missing' && step.users.some((user) => user.name === name),
  )
  const names = missing.map(({ name }) => name)
  await context.noteFacts({ roles: names, made: names.length > 0 })
  const good = new Set([...names, ...step.users.flatMap(({ name, exists }) => (exists ? [name] : []))])
  await must(context, anyDatabase, {
    what: 'make the roles of the databases',
    statements: [
      ...missing.map(creating),
      ...missing.flatMap(({ name, memberOf }) =>
        memberOf.filter((of) => good.has(of)).map((of) => `GRANT ${identifier(of)} TO ${identifier(name)}`),
      ),
    ],
  })
  for (const { name, password } of missing) {
    if (password !== null) continue
    context.remark({
      text: `The database role ${name} has no password: the backup holds none that this server takes, so nobody can log in with one.`,
      remedy: `Set one in psql with: \\password ${name}`,
    })
  }
}

async function check(step: Step, context: StepContext): Promise<ComponentReport> {
  const { roles } = await targetServer(context)
  const bad = step.users
    .filter(({ name }) => !roles.some((role) => role.name === name))
    .map(({ name }) => `The role ${name} is not there`)
  const of = step.users.length
  return {
    ...{ component: step.component, unit: 'database roles', of, good: of - bad.length },
    ...{ how: 'read back from the server', bad },
  }
}

/** Removes what was made. A role that owns something by now stays. */
async function unmake(context: StepContext): Promise<void> {
  for (const name of [...Made.parse(context.noted()).roles].reverse()) {
    const { error } = await tryRun(context, anyDatabase, [`DROP ROLE IF EXISTS ${identifier(name)}`])
    if (error !== null) context.log('warning', `The role ${name} stays: ${error.text}`)
  }
}

/** Makes the roles that databases need and that are not there, with no rights on the server itself. */
export const postgresqlServerStep: StepKind<Step> = {
  apply,
  check,
  async rollback(_step, context) {
    await unmake(context)
    await context.noteFacts({ roles: [], made: false })
  },
  commit: () => Promise.resolve(),
  remove: (_step, context) => unmake(context),
}
