import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const programs: Partial<Readonly<Record<NodeJS.Platform, string>>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
}

/**
 * The Electron program of this machine: in the folder that `ELECTRON_OVERRIDE_DIST_PATH` names, else where the package
 * `electron` keeps it. Null where there is none; one of another version than the package's is none.
 */
export function findElectron({
  root,
  env,
  platform,
}: {
  readonly root: string
  readonly env: NodeJS.ProcessEnv
  readonly platform: NodeJS.Platform
}): string | null {
  const program = programs[platform] ?? 'electron'
  const given = env['ELECTRON_OVERRIDE_DIST_PATH']
  if (given) return existsSync(join(given, program)) ? join(given, program) : null
  const home = join(root, 'node_modules/electron')
  const path = join(home, 'dist', program)
  return existsSync(path) && readVersion(join(home, 'dist/version')) === versionOf(home) ? path : null
}

function readVersion(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().replace(/^v/, '') : null
}

function versionOf(home: string): string | undefined {
  return (JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { readonly version?: string })
    .version
}
