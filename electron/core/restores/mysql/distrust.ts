import { textLiteral, unhex } from '../../collectors/mysql/sql.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { PlanContext } from '../restore-context.ts'
import type { Import } from './database-plan.ts'
import type { ServerFacts } from './flavour.ts'
import { must } from './over-there.ts'

const remedy =
  'Run SET GLOBAL log_bin_trust_function_creators=1 there for the time of the restore, and set it to 0 afterwards.'

/** Functions over there that such a server would not make again: they do not say that they are safe to repeat. */
async function unsafeFunctions(server: MysqlServer, database: string): Promise<string[]> {
  const rows = await must(
    server,
    [
      `SELECT HEX(ROUTINE_NAME) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ${textLiteral(database)} AND ROUTINE_TYPE = 'FUNCTION' AND IS_DETERMINISTIC = 'NO' AND SQL_DATA_ACCESS NOT IN ('NO SQL', 'READS SQL DATA')`,
    ],
    { what: `say which functions ${database} has` },
  )
  return rows.flat().map(unhex)
}

/**
 * Notes what a server with a binary log lets nobody make (errors 1418 and 1419). With SUPER all can be made but functions
 * that do not say DETERMINISTIC, NO SQL or READS SQL DATA; such a one that is there could not be put back.
 */
export async function noteDistrust(
  { to, as }: Import,
  { server, facts }: { readonly server: MysqlServer; readonly facts: ServerFacts },
  { note }: Pick<PlanContext, 'note'>,
): Promise<void> {
  if (!facts.distrusts) return
  if (!facts.isSuper) {
    note({
      ...{ level: 'blocker', code: 'log-bin' },
      text: `The database server writes a binary log and lets only who has SUPER make triggers and functions; the login that Holdfast has there, for ${to}, has it not.`,
      remedy,
    })
    return
  }
  if (as !== null) return
  const lost = await unsafeFunctions(server, to)
  note({
    ...{ level: lost.length > 0 ? 'blocker' : 'info', code: 'log-bin' },
    text:
      lost.length > 0
        ? `The database server writes a binary log and makes no function that does not say DETERMINISTIC, NO SQL or READS SQL DATA. ${to} has such ones, which could not be put back: ${lost.slice(0, 5).join(', ')}.`
        : `The database server writes a binary log and makes no function that does not say DETERMINISTIC, NO SQL or READS SQL DATA. Such ones in the backup of ${to} are left out and named in the report.`,
    remedy,
  })
}
