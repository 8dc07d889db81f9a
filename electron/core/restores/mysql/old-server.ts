import { advise } from '../../../../shared/advice.ts'
import type { PlanContext } from '../restore-context.ts'
import type { TargetServer } from '../sql/lexing.ts'
import type { Contents } from './contents.ts'
import type { Import } from './database-plan.ts'
import type { ServerFacts } from './flavour.ts'
import { programKey } from './stored-programs.ts'

/** From here on any statement can be sent as a single one, CREATE and DROP of programs too (MDEV-16708). */
const anyStatement = 100_602
/** From here on those that replace tables can, and tables know their history. */
const tableStatements = 100_304

type Programs = Contents['programs']

/** Whether triggers, routines and events can be sent as single statements; views can always. */
export function takesPrograms({ flavour, version }: TargetServer): boolean {
  return flavour === 'mariadb' && version >= anyStatement
}

/** Those of the programs that can be neither made nor removed there by a single statement. */
export function beyond(programs: Programs, server: TargetServer): Programs {
  return takesPrograms(server) ? [] : programs.filter(({ kind }) => kind !== 'view')
}

/** Notes a server that does not take single statements as they are sent, or takes only some of them so. */
export function noteOldServer({ note, target }: PlanContext, { flavour, version, text }: ServerFacts): void {
  if (takesPrograms({ flavour, version })) return
  const { name } = target.server
  if (flavour === 'mysql') {
    note({
      ...{ level: 'blocker', code: 'version' },
      text: `The database server of ${name} is MySQL ${text}, and dumps are restored to MariaDB: Holdfast sends each statement so that it cannot be two, for which MySQL has no EXECUTE IMMEDIATE, and no restore to MySQL was ever tried.`,
      ...advise`Restore the files ${{ way: 'scope', scope: 'files' }}, take the dumps out ${{ way: 'extract' }} and import them by hand.`,
    })
    return
  }
  if (version < tableStatements) {
    note({
      ...{ level: 'blocker', code: 'version' },
      text: `The database server of ${name} is ${text}; dumps are restored to MariaDB 10.3.4 and later.`,
      ...advise`Restore the files ${{ way: 'scope', scope: 'files' }} and import the dumps by hand, or update the database server.`,
    })
    return
  }
  note({
    ...{ level: 'warning', code: 'version' },
    text: `The database server of ${name} is ${text}. Restores to MariaDB before 10.6.2 were tried only on a newer server that gave itself out as such a one. Triggers, routines and events of the backup are left out there and named in the report.`,
    remedy: `Try it with a throw-away account first: holdfast drill SERVER/ACCOUNT --on ${name}. Or update the database server.`,
  })
}

/** Notes programs that would be lost with their tables, or stay, since an old server takes them by hand only. */
export function noteOldPrograms(
  { to, as, tables, now }: Import,
  server: TargetServer,
  { note, request }: Pick<PlanContext, 'note' | 'request'>,
): void {
  const isLost = (table: string | null) =>
    table !== null && (as === null ? !request.keepExtra || tables.includes(table) : table === as)
  const all = beyond(now.programs, server)
  const lost = all.filter(({ table }) => isLost(table))
  const stay = as === null ? all.filter((program) => !lost.includes(program)) : []
  const named = (list: Programs) => list.slice(0, 5).map(programKey).join(', ')
  if (lost.length > 0) {
    note({
      ...{ level: 'blocker', code: 'version' },
      text: `Tables of ${to} have triggers, which would go with them and could not be made again on this old server: ${named(lost)}.`,
      remedy:
        'Save these triggers, remove them and make them again afterwards, or update the database server.',
    })
  }
  if (stay.length > 0) {
    note({
      ...{ level: 'warning', code: 'version' },
      text: `These programs of ${to} stay as they are, for this old server takes them by hand only: ${named(stay)}.`,
      remedy: null,
    })
  }
}
