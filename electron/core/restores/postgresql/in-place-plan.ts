import { toRemoteName } from '../../../../shared/remote-name.ts'
import type { WantedDump } from '../archive-dumps.ts'
import { mapDatabase } from '../mapping.ts'
import { ownNames } from '../mysql/names.ts'
import { ownLogin } from '../own-login.ts'
import type { PlanContext } from '../restore-context.ts'
import type { NewStep, PlannedComponents } from '../restorer.ts'
import { componentOf, componentPlan, type Import } from './database-plan.ts'
import { dumpContents } from './dump-contents.ts'
import { askAsOwn } from './ask-as-own.ts'
import { noteReader } from './server-plan.ts'
import { Contents, contentsQuestion } from './target-server.ts'

/** What forbids a restore by the account's own login, and what is to be done about it. */
function forbids({ target, sameAccount, archive, note }: PlanContext, dump: WantedDump, to: string): boolean {
  const block = (text: string): true => {
    const remedy = 'Use a login that is root or may become root by sudo, or restore without the databases.'
    note({ level: 'blocker', code: 'unsupported', text, remedy })
    return true
  }
  if (dump.table !== null) return block('Single tables of PostgreSQL are restored by root only.')
  if (!sameAccount || !archive.trusted) {
    return block(
      `Without root, the dump of ${dump.database} would be read with all rights of the account, and it is not known to be the account's own.`,
    )
  }
  if (target.survey.postgresql === null) return block(`${target.server.name} has no PostgreSQL that answers.`)
  return block(`No configuration file of this account has a login that opens the database ${to}.`)
}

/**
 * Plans databases as a plain login: no second one may be made, so what a dump has is dropped and made again in one
 * transaction, by the account's own login.
 */
export async function planInPlace(
  context: PlanContext,
  dumps: readonly WantedDump[],
): Promise<PlannedComponents> {
  const { archive, mapping, mark, note, sameAccount } = context
  const imports: (Import & { readonly owner: string })[] = []
  for (const dump of dumps) {
    const to = mapDatabase(mapping.databases, { engine: 'postgresql', name: dump.database }) ?? dump.database
    const login = ownLogin(context, { engine: 'postgresql', database: to })
    const mayBe = login !== null && dump.table === null && sameAccount && archive.trusted
    const contents = mayBe ? await dumpContents(archive.reader, dump.entry, context) : null
    if (login === null || contents === null) {
      forbids(context, dump, to)
      continue
    }
    const now = await askAsOwn(context, login, { database: to, sql: contentsQuestion, schema: Contents })
    const names = ownNames(mark, to)
    imports.push({ dump, contents, to, as: null, names, live: null, now, owner: login.user })
  }
  await noteReader(context, imports)
  for (const { to } of imports) {
    note({
      ...{ level: 'warning', code: 'in-place' },
      text: `This login may not make databases, so what the backup has of ${to} is dropped and made again in one transaction; it waits for whoever uses it, and what is only in ${to} stays.`,
      remedy: null,
    })
  }
  const components = imports.map((one) => {
    const planned = componentPlan(one)
    const kept = planned.deleted.first.map((name) => `${name}: not in the backup`)
    return {
      ...planned,
      deleted: { count: 0, first: [] },
      kept: { count: planned.deleted.count, first: kept },
    }
  })
  const steps = imports.map(({ dump, to, names, owner }): NewStep => ({
    ...{ kind: 'import-database', component: componentOf({ to, as: null }), engine: 'postgresql', owner },
    title: `Make what ${dump.database} has again in ${to}`,
    undo: `Makes again what ${to} had, from a dump in the home; functions and types that only the backup has stay`,
    ...{ from: toRemoteName(dump.entry.path), fromDatabase: dump.database, database: to, table: null },
    ...{ method: 'in-place', scratch: names.scratch, rights: [] },
    why: 'The login may not make a second database.',
  }))
  return { steps, components, space: [], offline: imports.map(({ to }) => ({ what: to, seconds: 1 })) }
}
