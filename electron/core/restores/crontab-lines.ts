import { AppError } from '../../../shared/errors.ts'

/** A line of a crontab, bytes as latin1, its newline included. */
export interface CronLine {
  /** `disabled`: a job or environment line that a restore commented out. A line that cron would refuse is a `job`. */
  readonly kind: 'job' | 'environment' | 'comment' | 'blank' | 'disabled'
  readonly text: string
  /** Of an environment line: the variable. */
  readonly name: string
}

/** As cron reads it: a name, quoted or not, then `=` with spaces around; anything else is a job. */
const environment = /^[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s="'#][^\s=]*))[ \t]*=/
const mark = /^#holdfast:disabled ([A-Za-z0-9-]{1,64})# /

/** The lines of a crontab; all of them together are its bytes. */
export function cronLines(bytes: Buffer): CronLine[] {
  const lines = bytes.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? []
  return lines.map((text) => {
    if (mark.test(text)) return { kind: 'disabled', text, name: '' }
    if (/^[ \t]*#/.test(text)) return { kind: 'comment', text, name: '' }
    if (/^[ \t\r]*\n?$/.test(text)) return { kind: 'blank', text, name: '' }
    const [, double, single, bare] = environment.exec(text) ?? []
    const name = double ?? single ?? bare
    return name === undefined ? { kind: 'job', text, name: '' } : { kind: 'environment', text, name }
  })
}

/** What stands before a line that the restore job `id` commented out. */
export function disabledMark(id: string): string {
  return `#holdfast:disabled ${id}# `
}

/** How long the mark of a job, or of any for null, is at the start of a line; 0 where there is none. */
export function isMarked(text: string, id: string | null): number {
  const [whole = '', found] = mark.exec(text) ?? []
  return id === null || id === found ? whole.length : 0
}

/** The id as it may stand in a mark. Throws `invalid-input`. */
export function jobId(id: string): string {
  if (/^[A-Za-z0-9-]{1,64}$/.test(id)) return id
  throw new AppError('invalid-input', `${JSON.stringify(id)} is not the id of a job. Nothing was changed.`)
}
