import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import type { ScriptName } from './shell.ts'

const namePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** The folder of the scripts that run on servers. */
export const scriptsFolder = join(import.meta.dirname, 'scripts')

/** The text of `scripts/<name>.sh`. */
export async function readScript(name: ScriptName): Promise<string> {
  if (!namePattern.test(name)) throw new AppError('internal', `${JSON.stringify(name)} is not a script.`)
  return readFile(join(scriptsFolder, `${name}.sh`), 'utf8')
}
