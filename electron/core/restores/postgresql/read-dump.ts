import { AppError } from '../../../../shared/errors.ts'
import { escapeForDisplay } from '../../../../shared/format.ts'
import { fromRemoteName } from '../../../../shared/remote-name.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { ArchiveWalk, type DumpEntry } from '../../collectors/postgresql/archive-walk.ts'
import { textLines } from '../../collectors/mysql/server.ts'
import type { ListedEntry } from '../../archive/index-cache.ts'
import type { Secret } from '../../secrets/secret.ts'
import type { StepContext } from '../restore-context.ts'

type Step = StepOf<'import-database'>

/** What reading a dump came to. */
export interface ReadDump {
  /** Entries that the server did not take, each with what it said. */
  readonly failed: ReadonlyMap<number, string>
  /** Rows that the dump has of a table; null where they cannot be counted. */
  readonly rows: ReadonlyMap<string, number | null>
}

/** The step's dump. Throws `corrupt` where it is gone. */
export function dumpEntry(step: Step, { archive }: Pick<StepContext, 'archive'>): ListedEntry {
  const entry = archive.reader.stat(Buffer.from(fromRemoteName(step.from)))
  if (entry !== null) return entry
  throw new AppError(
    'corrupt',
    `The dump of ${step.fromDatabase} is not in the archive any more. Nothing was changed.`,
  )
}

/** After a table's rows COPY has a line with its end, and two empty ones (PostgreSQL source, pg_dump.c). */
const linesAfterRows = 3

function rowsOf(walk: ArchiveWalk, entries: readonly DumpEntry[]): Map<string, number | null> {
  const copied = new Set(
    entries.flatMap(({ kind, schema, tag, copied: is }) =>
      kind === 'TABLE DATA' && is ? [`${schema}.${tag}`] : [],
    ),
  )
  return new Map(
    walk.result.tables.map(({ name, lines }) => [
      name,
      lines === null || !copied.has(name) ? null : lines - linesAfterRows,
    ]),
  )
}

/** What pg_restore says it could not make, by the entry that it names before. */
function failedEntries(lines: readonly string[]): Map<number, string> {
  const failed = new Map<number, string>()
  let at: number | null = null
  for (const line of lines) {
    const entry = /^pg_restore: from TOC entry (\d+);/.exec(line)?.[1]
    const said = /^pg_restore: error: .*?(?:ERROR|FATAL): +(.*)$/.exec(line)?.[1]
    if (entry !== undefined) at = Number(entry)
    else if (said !== undefined && at !== null && !failed.has(at)) {
      failed.set(at, escapeForDisplay(said.slice(0, 300)))
    }
  }
  return failed
}

/** A step's dump as it passes, and whether it is a whole one. */
export interface DumpFlow {
  readonly bytes: AsyncIterable<Buffer>
  readonly rows: (entries: readonly DumpEntry[]) => ReadonlyMap<string, number | null>
  /** Throws `corrupt` where all of it was read and its end is not there. */
  readonly requireWhole: () => void
}

/** Opens a step's dump to be sent. */
export function dumpFlow(step: Step, context: StepContext): DumpFlow {
  const { archive, signal } = context
  const walk = new ArchiveWalk({ keep: true })
  const content = archive.reader.content(dumpEntry(step, context), { signal }) as AsyncIterable<Buffer>
  const input = { ended: false }
  async function* bytes(): AsyncGenerator<Buffer> {
    let total = 0
    for await (const chunk of content) {
      walk.look(chunk)
      total += chunk.length
      context.progress({ bytes: total, items: 0, current: step.database })
      yield chunk
    }
    input.ended = true
  }
  return {
    bytes: bytes(),
    rows: (entries) => rowsOf(walk, entries),
    requireWhole() {
      if (!input.ended || walk.result.whole) return
      throw new AppError(
        'corrupt',
        `The dump of ${step.fromDatabase} has no end, so something is missing from it. ${step.database} was not touched; use another backup.`,
      )
    },
  }
}

/**
 * Reads the wanted entries of a step's dump into a database of ours. Throws `corrupt` where the dump is cut,
 * `remote-failed` where pg_restore did not come to its end; nothing is in use yet.
 */
export async function readDump(
  step: Step,
  context: StepContext,
  {
    entries,
    service,
    options,
  }: {
    readonly entries: readonly DumpEntry[]
    readonly service: Secret
    readonly options: readonly string[]
  },
): Promise<ReadDump> {
  const flow = dumpFlow(step, context)
  const { codes, stderr } = await context.target.shell.run('postgresql-import', {
    values: { login: service, list: listOf(entries) },
    // Only so does it say which entry an error is about.
    args: ['--verbose', '--no-owner', '--no-tablespaces', ...options, '--dbname=service=holdfast'],
    input: flow.bytes,
    signal: context.signal,
  })
  const code = codes.get('import') ?? null
  const lines = textLines(stderr)
  flow.requireWhole()
  const failed = failedEntries(lines)
  if (code === 0 || failed.size > 0) return { failed, rows: flow.rows(entries) }
  throw new AppError(
    'remote-failed',
    `The PostgreSQL server did not take the dump of ${step.fromDatabase}: ${complaint(lines, code)}. ${step.database} was not touched. Its pg_hba.conf must let a login with a password in from localhost.`,
    { details: { code } },
  )
}

/** What pg_restore takes as its list: entries in their order. */
export function listOf(entries: readonly DumpEntry[]): string {
  return entries.map(({ id }) => `${id};\n`).join('')
}

/** What pg_restore said first that is an error. */
export function complaint(lines: readonly string[], code: number | null): string {
  const first = lines.find((line) => line.startsWith('pg_restore: error:')) ?? lines.at(-1)
  return escapeForDisplay((first ?? `pg_restore ended with ${String(code)}`).slice(0, 500))
}
