import { chmod } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { makeFolder } from '../core/store/durable.ts'
import { storingError } from '../core/store/file-error.ts'

/** Where the data folder lies unless the user says otherwise: the platform's own place. */
export function defaultDataFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const home = homedir()
  if (env['HOLDFAST_DATA']) return resolve(env['HOLDFAST_DATA'])
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Holdfast')
  if (platform === 'win32') return join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Holdfast')
  return join(env['XDG_DATA_HOME'] ?? join(home, '.local', 'share'), 'holdfast')
}

/** Makes the folder where it is missing, for its owner only. Throws `invalid-input`, and what storing throws. */
export async function openDataFolder(path: string): Promise<string> {
  try {
    await makeFolder(path)
    await chmod(path, 0o700)
    return path
  } catch (error) {
    throw storingError(error, `Could not make the data folder ${path}`, 'Nothing was changed.')
  }
}
