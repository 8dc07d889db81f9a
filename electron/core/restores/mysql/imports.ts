import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { WantedDump } from '../archive-dumps.ts'
import { mapDatabase } from '../mapping.ts'
import type { PlanContext } from '../restore-context.ts'
import { tablesOf } from './archive-dumps.ts'
import { readContents } from './contents.ts'
import type { Import } from './database-plan.ts'
import { ownNames } from './names.ts'

/** The database that a dump goes into. */
export function goalOf({ mapping }: PlanContext, { database }: WantedDump): string {
  return mapDatabase(mapping.databases, { engine: 'mysql', name: database }) ?? database
}

/** A dump and what its database holds now; null where an undo finds no such table, which was not there before then. */
export async function importOf(
  context: PlanContext,
  server: MysqlServer,
  dump: WantedDump,
): Promise<Import | null> {
  const { archive, request, mark, signal } = context
  const to = goalOf(context, dump)
  const as = dump.table === null ? null : (request.tableAs ?? dump.table)
  const dumped =
    dump.table === null || request.undoes !== null ? await tablesOf(dump, archive.reader, { signal }) : []
  if (dump.table !== null && request.undoes !== null && !dumped.includes(dump.table)) return null
  const tables = dump.table === null ? dumped : [dump.table]
  const names = ownNames(mark, as === null ? to : `${to}/${as}`)
  return { dump, to, as, tables, names, now: await readContents(server, to) }
}
