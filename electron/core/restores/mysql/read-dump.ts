import { AppError, throwIfCancelled } from '../../../../shared/errors.ts'
import { fromRemoteName } from '../../../../shared/remote-name.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { escapeForDisplay } from '../../../../shared/format.ts'
import { textLines } from '../../collectors/mysql/server.ts'
import type { Secret } from '../../secrets/secret.ts'
import { DumpFilter } from '../sql/dump-filter.ts'
import type { FilteredDump } from '../sql/filtered-dump.ts'
import type { TargetServer } from '../sql/lexing.ts'
import type { StepContext } from '../restore-context.ts'

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

function filterOf(step: Step, { server, replaces = false }: Flowing): DumpFilter {
  const { table } = step
  return new DumpFilter({
    ...{ server, replaces, target: step.database, definer: ownerOf(step.owner) },
    sources: [step.fromDatabase],
    ...(table === null ? {} : { table }),
  })
}

interface Flowing {
  readonly server: TargetServer
  /** Whether what comes takes the place of what is there. */
  readonly replaces?: boolean
}

function contentOf(step: Step, { archive, signal }: StepContext): AsyncIterable<Buffer> {
  const entry = archive.reader.stat(Buffer.from(fromRemoteName(step.from)))
  if (entry !== null) return archive.reader.content(entry, { signal }) as AsyncIterable<Buffer>
  throw new AppError(
    'corrupt',
    `The dump of ${step.fromDatabase} is not in the archive any more. Nothing was changed.`,
  )
}

function requireWhole(step: Step, { outcome }: DumpFilter, consequence: string): FilteredDump {
  if (outcome.complete) return outcome
  throw new AppError(
    'corrupt',
    `The dump of ${step.fromDatabase} has no end, so something is missing from it. ${consequence}`,
  )
}

/**
 * Goes through the step's dump to its end without sending any of it. Throws `corrupt` where it has none, or where rows
 * are not as dump tools write them.
 */
export async function walkDump(
  step: Step,
  context: StepContext,
  server: TargetServer,
): Promise<FilteredDump> {
  const { signal } = context
  const filter = filterOf(step, { server })
  const all = filter.statements(counted(contentOf(step, context), step, context), { signal })
  while ((await all.next()).done !== true) throwIfCancelled(signal)
  return requireWhole(step, filter, 'Nothing was changed; use another backup.')
}

/**
 * Reads what passes of the step's dump into a database, by a login that is given as an option file. Throws `corrupt`
 * where the dump has no end, `remote-failed` with what the server says.
 */
export async function readDump(
  step: Step,
  context: StepContext,
  options: Flowing & { readonly login: Secret; readonly into: string },
): Promise<FilteredDump> {
  const { target, signal } = context
  const { login, into } = options
  const filter = filterOf(step, options)
  const consequence =
    into === step.database ? `${into} is put back as it was.` : `${step.database} was not touched.`
  const { codes, stderr } = await target.shell.run('mysql-import', {
    values: { login, database: into },
    input: filter.statements(counted(contentOf(step, context), step, context), { signal }),
    signal,
  })
  const code = codes.get('import') ?? null
  if (code !== 0) {
    const said = textLines(stderr).find((line) => line.startsWith('ERROR')) ?? textLines(stderr)[0]
    const how =
      said === undefined ? `its client ended with ${String(code)}` : escapeForDisplay(said.slice(0, 500))
    throw new AppError(
      'remote-failed',
      `The database server did not take the dump of ${step.fromDatabase}: ${how}. ${consequence}`,
      { details: { code } },
    )
  }
  return requireWhole(step, filter, `${consequence} Use another backup.`)
}
