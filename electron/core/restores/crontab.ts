import { toRemoteName } from '../../../shared/remote-name.ts'
import type { RestoreMapping } from '../../../shared/model/restore-mapping.ts'
import { pathFinder } from './rewrite/path-text.ts'
import { cronLines, disabledMark, isMarked, jobId, type CronLine } from './crontab-lines.ts'

/** Debian's cron refuses more lines (`MAX_TAB_LINES`). */
const lineCap = 1000

/** A path that was changed in a line; lines count from 1. */
export interface CronChange {
  readonly line: number
  readonly from: string
  readonly to: string
}

/** The crontab with the old paths of its job and environment lines replaced; comments and all else stay. */
export function mapCrontab(
  bytes: Buffer,
  mapping: RestoreMapping,
): { readonly bytes: Buffer; readonly changes: readonly CronChange[]; readonly unsure: readonly number[] } {
  const finder = pathFinder(mapping)
  const changes: CronChange[] = []
  const unsure: number[] = []
  const mapped = cronLines(bytes).map(({ kind, text }, n) => {
    if (kind !== 'job' && kind !== 'environment') return text
    if (finder.unsure(text).length > 0) unsure.push(n + 1)
    let result = ''
    let at = 0
    for (const { start, end, from, to } of finder.find(text)) {
      result += text.slice(at, start) + to
      at = end
      changes.push({ line: n + 1, from: shown(from), to: shown(to) })
    }
    return result + text.slice(at)
  })
  return { bytes: joined(mapped), changes, unsure }
}

/**
 * The crontab with a mark before every job line, so that cron takes it for a comment; with `environment` before the
 * environment lines too, which is needed where other lines follow that must not see them. `id` is the restore's job.
 * Comments, also those marked before, stay. `enableCrontab` gives back the same bytes. Throws `invalid-input`
 * where `id` is none.
 */
export function disableCrontab(
  bytes: Buffer,
  id: string,
  { environment = false }: { readonly environment?: boolean } = {},
): Buffer {
  const mark = disabledMark(jobId(id))
  const marked = ({ kind }: CronLine) => kind === 'job' || (environment && kind === 'environment')
  return joined(cronLines(bytes).map((line) => (marked(line) ? mark : '') + line.text))
}

/** The crontab without the marks of this restore's job, or of all for null; every other byte stays. */
export function enableCrontab(
  bytes: Buffer,
  id: string | null,
): { readonly bytes: Buffer; readonly enabled: number } {
  let enabled = 0
  const lines = cronLines(bytes).map(({ text }) => {
    const end = isMarked(text, id === null ? null : jobId(id))
    if (end > 0) enabled += 1
    return text.slice(end)
  })
  return { bytes: joined(lines), enabled }
}

/** What a crontab holds. `disabled` lines are counted there only, not as comments. */
export interface CronCount {
  readonly lines: number
  readonly jobs: number
  readonly environment: number
  readonly comments: number
  readonly disabled: number
}

export function countCrontab(bytes: Buffer): CronCount {
  const lines = cronLines(bytes)
  const of = (kind: CronLine['kind']) => lines.filter((line) => line.kind === kind).length
  return {
    lines: lines.length,
    jobs: of('job'),
    environment: of('environment'),
    comments: of('comment'),
    disabled: of('disabled'),
  }
}

/** The bytes that `crontab -` takes: it refuses a last line without a newline. An empty crontab stays empty. */
export function installable(bytes: Buffer): Buffer {
  return bytes.length === 0 || bytes.at(-1) === 0x0a ? bytes : Buffer.concat([bytes, Buffer.from('\n')])
}

/** Why a crontab is not installed, in words, and what to look at before it is. Lines count from 1. */
export interface CronCheck {
  readonly refusals: readonly string[]
  readonly warnings: readonly { readonly line: number; readonly name: string; readonly why: string }[]
}

const dangerous: readonly (readonly [RegExp, string])[] = [
  [/^SHELL$/, 'it decides which program runs every job'],
  [/^PATH$/, 'it decides where the programs of every job are looked for'],
  [/^(LD_.*|BASH_ENV|ENV)$/, 'it makes every job load a file first'],
]

/** Looks a crontab over. Disabled lines count as lines, as they do for cron. */
export function checkCrontab(bytes: Buffer): CronCheck {
  const lines = cronLines(bytes)
  const refusals = [
    ...(bytes.includes(0) ? ['The crontab holds a NUL, which no crontab has; it is not installed.'] : []),
    ...(lines.length > lineCap
      ? [`The crontab has ${lines.length} lines, and cron takes ${lineCap}; it is not installed.`]
      : []),
  ]
  const warnings = lines.flatMap(({ kind, name }, n) => {
    const [, why] = dangerous.find(([pattern]) => kind === 'environment' && pattern.test(name)) ?? []
    return why === undefined ? [] : [{ line: n + 1, name, why }]
  })
  return { refusals, warnings }
}

function joined(lines: readonly string[]): Buffer {
  return Buffer.from(lines.join(''), 'latin1')
}

function shown(latin1: string): string {
  return toRemoteName(Buffer.from(latin1, 'latin1'))
}
