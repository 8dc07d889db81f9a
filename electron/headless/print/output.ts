import { errorCodes, type WireError } from '../../../shared/errors.ts'
import { escapeForDisplay } from '../../../shared/format.ts'

export interface OutputOptions {
  readonly json: boolean
  readonly quiet: boolean
}

/** Results go to stdout, everything else to stderr; with `--json` a single document, or one event a line. */
export class Output {
  readonly json: boolean
  readonly quiet: boolean

  constructor({ json, quiet }: OutputOptions) {
    this.json = json
    this.quiet = quiet
  }

  /** The result of a command: `text` for people, `value` for programs. */
  result(value: unknown, text: string): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`)
    else if (text !== '') process.stdout.write(`${text.split('\n').map(escapeForDisplay).join('\n')}\n`)
  }

  /** One event of a job, for programs only. */
  event(value: unknown): void {
    if (this.json) process.stdout.write(`${JSON.stringify(value)}\n`)
  }

  /** Something on the way, for people only. */
  note(text: string): void {
    if (!this.json && !this.quiet) process.stderr.write(`${text}\n`)
  }

  /** Something that a person must know beside the result, which names it for programs. */
  warning(text: string): void {
    if (!this.json) process.stderr.write(`${text.split('\n').map(escapeForDisplay).join('\n')}\n`)
  }

  /** A failure: one sentence, and the exit code that belongs to it. */
  error({ code, message, details }: WireError): number {
    if (this.json)
      process.stdout.write(`${JSON.stringify({ error: { code, message, details: details ?? {} } })}\n`)
    else process.stderr.write(`holdfast: ${message.split('\n').map(escapeForDisplay).join('\n')}\n`)
    return errorCodes[code].exit
  }
}
