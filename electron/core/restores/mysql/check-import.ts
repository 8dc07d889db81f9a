import { z } from 'zod'
import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { ComponentReport } from '../../../../shared/model/restore-report.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { StepContext } from '../restore-context.ts'
import { notedBefore } from './before.ts'
import { readContents } from './contents.ts'
import { countRows } from './prepare-import.ts'
import { readyDump } from './ready-dump.ts'
import { missingRights, shownRight } from './single-grants.ts'
import { programKey } from './stored-programs.ts'

type Step = StepOf<'import-database'>

const NotMadeNames = z.array(z.string())

/** Counts what is there, against what was read from the dump. `how`: how its rows were counted before. */
export async function checkImport(
  step: Step,
  context: StepContext,
  { server, how }: { readonly server: MysqlServer; readonly how: string },
): Promise<ComponentReport> {
  const dump = readyDump(context)
  const before = notedBefore(context)
  if (before === null) {
    throw new AppError('internal', 'An import was to be checked that did not happen. Take the restore back.')
  }
  const { comes } = before.exchange
  const now = await readContents(server, step.database)
  const unmade = new Set(NotMadeNames.safeParse(context.noted()['unmade']).data ?? [])
  const untouched = new Set(before.untouched)
  const wanted = dump.programs.filter(
    (program) => !unmade.has(`the ${program.kind} ${program.name}`) && !untouched.has(programKey(program)),
  )
  const have = new Set([...now.tables.map(({ name }) => name), ...now.programs.map(programKey)])
  const missing = [
    ...comes.filter((name) => !have.has(name)),
    ...wanted.map(programKey).filter((key) => !have.has(key)),
    ...(await missingRights(server, step.database, step.rights)).map(
      (one) => `the right of ${shownRight(one)}`,
    ),
  ]
  const rows = await countRows(server, step.database, comes)
  const moved = dump.tables.filter(({ name, rows: then }) => comes.includes(name) && rows.get(name) !== then)
  if (moved.length > 0) {
    const names = moved.slice(0, 5).map(({ name }) => name)
    context.remark({
      text: `${step.database}: rows were written since the restore, by whoever uses it: ${names.join(', ')}`,
      remedy: null,
    })
  }
  const of = comes.length + wanted.length + step.rights.length
  return {
    ...{
      component: step.component,
      unit: step.rights.length === 0 ? 'tables and programs' : 'tables, programs and rights',
      of,
      good: of - missing.length,
    },
    how: `the rows of every table counted ${how}, all of it read back after it`,
    bad: missing.slice(0, 1000).map((name) => `${name} is not there`),
  }
}
