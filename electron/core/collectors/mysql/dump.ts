import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../../../shared/errors.ts'
import { sentenceOf } from '../failure.ts'
import { TableRanges } from './table-ranges.ts'
import { textLines } from './server.ts'
import type { ComponentWriter, SpooledBody } from '../../archive/archive-writer.ts'
import type { ScriptRun } from '../../remote/shell.ts'
import type { DumpTool, MysqlServer } from './server.ts'
import type { TableRange } from './table-ranges.ts'

/** Options of a dump that can be read back in by hand, whatever is in it. */
export function dumpFlags(tool: DumpTool): string[] {
  const mysql = /MariaDB/i.test(tool.version)
    ? []
    : ['--loose-column-statistics=0', '--loose-set-gtid-purged=OFF']
  return [
    '--single-transaction',
    '--quick',
    '--skip-lock-tables',
    '--triggers',
    '--hex-blob',
    '--default-character-set=utf8mb4',
    '--no-tablespaces',
    '--skip-add-locks',
    '--skip-dump-date',
    '--max-allowed-packet=1G',
    ...(tool.history ? ['--dump-history'] : []),
    ...mysql,
  ]
}

/** The same options, for a login that may not read triggers. */
export function withoutTriggers(flags: readonly string[]): string[] {
  return flags.map((flag) => (flag === '--triggers' ? '--skip-triggers' : flag))
}

/** What a dump is made of. */
export interface DumpPlan {
  readonly database: string
  readonly flags: readonly string[]
  /** Tables and views that are left out. */
  readonly ignore: readonly string[]
  /**
   * Whether every routine and event can be read. If not, they follow in a run of their own, whose errors are
   * tolerated: nothing else can be missing from it.
   */
  readonly programs: 'with-tables' | 'what-can-be-read'
  /** What this login may not ask for at all, and a dump that asks for it ends at once. */
  readonly without?: readonly Forbidden[]
}

/** Kinds of programs that take a privilege of their own. */
export type Forbidden = 'events' | 'triggers'

/** How a dump ended that is not in the archive. `code` is the tool's own, or null where it never said. */
export interface DumpFailure {
  readonly code: number | null
  readonly why: string
}

/** A dump that is in the archive. */
export interface DumpResult {
  readonly bytes: number
  readonly tables: readonly TableRange[]
}

interface Part {
  readonly args: readonly string[]
  readonly tolerant: boolean
}

function partsOf({ database, flags: wanted, ignore, programs, without = [] }: DumpPlan): Part[] {
  const left = ignore.map((name) => `--ignore-table=${database}.${name}`)
  const both = ['--routines', without.includes('events') ? '--skip-events' : '--events']
  const flags = without.includes('triggers') ? withoutTriggers(wanted) : wanted
  if (programs === 'with-tables')
    return [{ args: [...flags, ...both, ...left, '--', database], tolerant: false }]
  const only = ['--no-data', '--no-create-info', '--skip-triggers', '--force']
  return [
    { args: [...flags, ...left, '--', database], tolerant: false },
    { args: [...flags, ...both, ...only, '--', database], tolerant: true },
  ]
}

function isComplete(tail: Buffer): boolean {
  return (tail.toString('latin1').trimEnd().split('\n').at(-1) ?? '').startsWith('-- Dump completed')
}

/** Reads the parts one after the other; each is proven when it has ended, before the next one starts. */
async function* dumped(
  server: MysqlServer,
  parts: readonly Part[],
  onFailure: (failure: DumpFailure) => void,
): AsyncGenerator<Buffer> {
  for (const { args, tolerant } of parts) {
    const run = await server.dump(args)
    let tail: Buffer = Buffer.alloc(0)
    for await (const chunk of run.output as AsyncIterable<Buffer>) {
      tail = chunk.length >= 1024 ? chunk.subarray(-1024) : Buffer.concat([tail, chunk]).subarray(-1024)
      yield chunk
    }
    await proven(run, tail, tolerant, onFailure)
  }
}

async function proven(
  run: ScriptRun,
  tail: Buffer,
  tolerant: boolean,
  onFailure: (failure: DumpFailure) => void,
): Promise<void> {
  const { codes, stderr } = await run.end
  const code = codes.get('dump') ?? null
  const whole = isComplete(tail)
  if (whole && (code === 0 || (tolerant && code === 2))) return
  const said = textLines(stderr)
    .filter((line) => !line.startsWith('Warning:'))
    .slice(0, 3)
    .join(' ')
    .slice(0, 500)
  const why =
    code === 0
      ? 'The dump tool said that all went well, but its dump has no end.'
      : `The dump tool ended with code ${code ?? 'unknown'}.${said === '' ? '' : ` It said: ${said}`}`
  onFailure({ code, why })
  throw new AppError('remote-failed', why)
}

/**
 * Dumps into the archive, or not at all: a failure leaves nothing there. Throws only what a collector must not
 * survive.
 */
export async function writeDump(
  server: MysqlServer,
  plan: DumpPlan,
  component: ComponentWriter,
  options: { readonly meta: SpooledBody['meta']; readonly signal: AbortSignal },
): Promise<DumpResult | DumpFailure> {
  const failures: DumpFailure[] = []
  const ranges = new TableRanges()
  const source = Readable.from(
    dumped(server, partsOf(plan), (seen) => failures.push(seen)),
    { objectMode: false },
  )
  const flow = pipeline(source, ranges)
  flow.catch(() => undefined)
  try {
    const bytes = await component.spooled(
      { meta: options.meta, body: ranges, prove: () => flow },
      { signal: options.signal },
    )
    return { bytes, tables: ranges.ranges }
  } catch (error) {
    const why = sentenceOf(error, options.signal)
    return failures[0] ?? { code: null, why }
  } finally {
    source.destroy()
  }
}
