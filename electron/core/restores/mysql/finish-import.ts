import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import type { StepContext } from '../restore-context.ts'
import { archiveServer } from './archive-users.ts'
import type { Contents } from './contents.ts'
import { dropPrograms, type Exchange } from './exchange.ts'
import { giveRights, makePrograms, setDefaults, setDeferred } from './make-programs.ts'
import type { ReadyDump } from './ready-dump.ts'

type Step = StepOf<'import-database'>

/**
 * What follows when the tables of a dump are where they belong: defaults from sequences, the database's character set,
 * programs, rights on single things. What the server refuses of it goes into the report.
 */
export async function finishImport(
  step: Step,
  context: StepContext,
  {
    server,
    dump,
    before,
    exchange,
  }: {
    readonly server: MysqlServer
    readonly dump: ReadyDump
    readonly before: Contents
    readonly exchange: Exchange
  },
): Promise<void> {
  const unset = await setDeferred(server, step.database, dump.deferred)
  if (step.table === null) {
    const { databases } = await archiveServer(context.archive.reader, context)
    const wanted = databases.get(step.fromDatabase)
    unset.push(...(await setDefaults(server, step.database, { now: before, wanted })))
  }
  await dropPrograms(server, step, exchange)
  const unmade = await makePrograms(server, step.database, dump.programs)
  const ungiven = await giveRights(server, step.database, step.rights)
  for (const { what, why } of [...unset, ...unmade, ...ungiven]) {
    context.remark({
      text: `${step.database}: ${what} could not be made: ${why}`,
      remedy: 'Make it by hand from the dump, when what it needs is there.',
    })
  }
  await context.noteFacts({ unmade: unmade.map(({ what }) => what) })
}
