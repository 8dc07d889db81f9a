import { AppError } from '../../../../shared/errors.ts'
import { fromRemoteName } from '../../../../shared/remote-name.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { escapeForDisplay } from '../../../../shared/format.ts'
import { textLines } from '../../collectors/mysql/server.ts'
import { mysqlOptions } from '../../sources/config/client-options.ts'
import type { Secret } from '../../secrets/secret.ts'
import { DumpFilter } from '../sql/dump-filter.ts'
import type { FilteredDump } from '../sql/filtered-dump.ts'
import type { TargetServer } from '../sql/lexing.ts'
import type { StepContext } from '../restore-context.ts'
import { namesOf } from './names.ts'

type Step = StepOf<'import-database'>

/** What an owner `user@host` consists of; a host has no `@`. */
export function ownerOf(owner: string): { readonly user: string; readonly host: string } {
  const at = owner.lastIndexOf('@')
  return { user: owner.slice(0, at), host: owner.slice(at + 1) }
}

async function* counted(
  bytes: AsyncIterable<Buffer>,
  step: Step,
  context: StepContext,
): AsyncGenerator<Buffer> {
  let total = 0
  for await (const chunk of bytes) {
    total += chunk.length
    context.progress({ bytes: total, items: 0, current: step.database })
    yield chunk
  }
}

/**
 * Reads what passes of the step's dump into its second database, by a login that may do nothing else. Throws `corrupt`
 * where the dump has no end, `remote-failed` with what the server says; nothing is in use yet.
 */
export async function readDump(
  step: Step,
  context: StepContext,
  { server, password }: { readonly server: TargetServer; readonly password: Secret },
): Promise<FilteredDump> {
  const { archive, target, signal } = context
  const entry = archive.reader.stat(Buffer.from(fromRemoteName(step.from)))
  if (entry === null) {
    throw new AppError(
      'corrupt',
      `The dump of ${step.fromDatabase} is not in the archive any more. Nothing was changed.`,
    )
  }
  const { table } = step
  const filter = new DumpFilter({
    ...{ server, target: step.database, definer: ownerOf(step.owner) },
    sources: [step.fromDatabase],
    ...(table === null ? {} : { table }),
  })
  const content = archive.reader.content(entry, { signal }) as AsyncIterable<Buffer>
  const { login, scratch } = namesOf(step.scratch)
  const options = { host: null, port: null, socket: null, user: login, password }
  const { codes, stderr } = await target.shell.run('mysql-import', {
    values: { login: mysqlOptions(options), database: scratch },
    input: filter.statements(counted(content, step, context), { signal }),
    signal,
  })
  const code = codes.get('import') ?? null
  if (code !== 0) {
    const said = textLines(stderr).find((line) => line.startsWith('ERROR')) ?? textLines(stderr)[0]
    const how =
      said === undefined ? `its client ended with ${String(code)}` : escapeForDisplay(said.slice(0, 500))
    throw new AppError(
      'remote-failed',
      `The database server did not take the dump of ${step.fromDatabase}: ${how}. ${step.database} was not touched.`,
      { details: { code } },
    )
  }
  const { outcome } = filter
  if (outcome.complete) return outcome
  throw new AppError(
    'corrupt',
    `The dump of ${step.fromDatabase} has no end, so something is missing from it. ${step.database} was not touched; use another backup.`,
  )
}
