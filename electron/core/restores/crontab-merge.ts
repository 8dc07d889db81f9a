import { toRemoteName } from '../../../shared/remote-name.ts'
import { cronLines, isMarked, type CronLine } from './crontab-lines.ts'
import { installable } from './crontab.ts'

/** What becomes of a job line: `kept` is only at the target, `same` in both, `added` only in the backup. */
export interface CronDecision {
  readonly decision: 'kept' | 'same' | 'added'
  readonly line: string
}

export interface MergedCrontab {
  readonly bytes: Buffer
  readonly decisions: readonly CronDecision[]
  /** Variables that the target sets and the backup does not: the added lines will see them. */
  readonly inherited: readonly string[]
}

/**
 * The target's crontab, byte for byte, with the backup's job lines that it has not at its end, each after the
 * environment that it had in the backup. A line that a restore disabled counts as the line itself, so that nothing
 * comes twice. Comments of the backup are not taken over.
 */
export function mergeCrontabs(target: Buffer, backup: Buffer): MergedCrontab {
  const own = cronLines(target)
  const theirs = cronLines(backup)
  const known = new Set(own.map(jobKey).filter((key) => key !== null))
  const wanted = new Set(theirs.map(jobKey).filter((key) => key !== null))
  const added: string[] = []
  const decisions: CronDecision[] = own.flatMap((line) => {
    const key = jobKey(line)
    if (key === null) return []
    return [{ decision: wanted.has(key) ? 'same' : 'kept', line: shown(line.text) } as const]
  })
  let waiting: string[] = []
  for (const line of theirs) {
    if (line.kind === 'environment') waiting.push(ended(line.text))
    const key = jobKey(line)
    if (key === null || known.has(key)) continue
    known.add(key)
    added.push(...waiting, ended(line.text))
    waiting = []
    decisions.push({ decision: 'added', line: shown(line.text) })
  }
  const names = (lines: readonly CronLine[]) =>
    lines.flatMap(({ kind, name }) => (kind === 'environment' ? [name] : []))
  const set = new Set(names(theirs))
  return {
    bytes:
      added.length === 0
        ? target
        : Buffer.concat([installable(target), Buffer.from(added.join(''), 'latin1')]),
    decisions,
    inherited: added.length === 0 ? [] : [...new Set(names(own))].filter((name) => !set.has(name)),
  }
}

/** What makes two job lines the same, or null for other lines. */
function jobKey({ kind, text }: CronLine): string | null {
  if (kind !== 'job' && kind !== 'disabled') return null
  const [line] = cronLines(Buffer.from(text.slice(isMarked(text, null)), 'latin1'))
  return line?.kind === 'job' ? line.text.replace(/\r?\n$/, '').trim() : null
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`
}

function shown(text: string): string {
  return toRemoteName(Buffer.from(text.replace(/\n$/, ''), 'latin1'))
}
