import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { AppError } from '../../../shared/errors.ts'

/** Where the demo's archives stay: `--keep DIR`, or `~/Holdfast-demo`. Throws `invalid-input`. */
export function keepFolder(argv: readonly string[]): string {
  try {
    const { values } = parseArgs({ args: [...argv], options: { keep: { type: 'string' } } })
    if (values.keep === '') throw new TypeError('empty')
    return values.keep === undefined ? join(homedir(), 'Holdfast-demo') : resolve(values.keep)
  } catch (error) {
    throw new AppError(
      'invalid-input',
      'The demo takes one option, --keep DIR, the folder where its archives stay. Nothing was started.',
      { cause: error },
    )
  }
}
