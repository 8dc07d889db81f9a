import { AppError } from '../../../shared/errors.ts'
import { Secret } from '../secrets/secret.ts'
import { quote } from './quote.ts'
import type { Bytes, ScriptValue, ScriptValues } from './shell.ts'

const namePattern = /^(?!hf_)[a-z_][a-z0-9_]*$/
const newline = Buffer.from('\n')

/** What a script that is about to be sent consists of. */
export interface ScriptParts {
  readonly prologue: string
  readonly body: string
  /** Names of our own, with the prefix `hf_`. They are there before the prologue runs. */
  readonly settings: Readonly<Record<`hf_${string}`, string | number>>
  readonly values: ScriptValues
  readonly args: readonly Bytes[]
}

/**
 * The text that goes to `sh -s`. It is one compound command, closed by the last byte that is not a newline: a shell
 * that got any shorter piece of it runs nothing. The body runs between the prologue, which prints BEGIN, and
 * `hf_end`, which prints END and exits.
 */
export function composeScript(parts: ScriptParts): Buffer {
  const lines = [
    Buffer.from('{'),
    ...Object.entries(parts.settings).map(([name, value]) => assignment(name, String(value))),
    Buffer.concat([Buffer.from('set --'), ...parts.args.flatMap((arg) => [Buffer.from(' '), quote(arg)])]),
    Buffer.from('hf_main() {'),
    Buffer.from(parts.prologue),
    ...Object.entries(parts.values).map(([name, value]) => declaration(name, value)),
    Buffer.from(parts.body),
    Buffer.from('hf_end\n}\nhf_main "$@"\n}\n'),
  ]
  return Buffer.concat(lines.flatMap((line) => [line, newline]).slice(0, -1))
}

function declaration(name: string, value: ScriptValue): Buffer {
  if (!namePattern.test(name)) {
    throw new AppError('internal', `${JSON.stringify(name)} cannot be the name of a value in a script.`)
  }
  if (Array.isArray(value)) return printer(name, value as readonly Bytes[])
  return assignment(name, value as Exclude<ScriptValue, readonly Bytes[]>)
}

/** The variable is new: one of this name in the server's environment would be exported, and its new value with it. */
function assignment(name: string, value: Exclude<ScriptValue, readonly Bytes[]>): Buffer {
  const bytes = value instanceof Secret ? value.reveal() : typeof value === 'number' ? String(value) : value
  return Buffer.concat([Buffer.from(`unset ${name}; ${name}=`), quote(bytes)])
}

function printer(name: string, items: readonly Bytes[]): Buffer {
  if (items.length === 0) return Buffer.from(`${name}() { :; }`)
  const words = items.flatMap((item) => [Buffer.from(' '), quote(item)])
  return Buffer.concat([Buffer.from(`${name}() { printf '%s\\000'`), ...words, Buffer.from('; }')])
}
