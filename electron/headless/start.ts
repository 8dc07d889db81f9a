import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findElectron } from './find-electron.ts'

/**
 * `npm start`: the desktop window where there is an Electron, which is fetched the first time; else the same window
 * in a browser of this computer.
 */

const root = join(import.meta.dirname, '../..')
/** Milliseconds in which Electron must have come. */
const patience = 5 * 60_000

function fetchElectron(): void {
  if (process.env['ELECTRON_SKIP_BINARY_DOWNLOAD'] || process.env['ELECTRON_OVERRIDE_DIST_PATH']) return
  const installer = join(root, 'node_modules/electron/install.js')
  if (!existsSync(installer)) return
  process.stderr.write('Fetching Electron, once.\n')
  spawnSync(process.execPath, [installer], { stdio: 'ignore', timeout: patience })
}

function run(program: string, args: readonly string[]): void {
  const child = spawn(program, args, { stdio: 'inherit', cwd: root })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  child.on('error', () => (process.exitCode = 1))
  child.on('exit', (code) => (process.exitCode = code ?? 1))
}

const options = { root, env: process.env, platform: process.platform }
if (findElectron(options) === null) fetchElectron()
const electron = findElectron(options)
if (electron === null) {
  process.stderr.write(
    'Electron is not here and could not be fetched: this is the same window in a browser of this computer.\n',
  )
  const cli = join(import.meta.dirname, 'cli.ts')
  run(process.execPath, ['--max-semi-space-size=8', cli, 'serve', '--open', ...process.argv.slice(2)])
} else {
  const build = spawnSync(process.execPath, [join(root, 'build/build-desktop.mjs')], { stdio: 'inherit' })
  if (build.status !== 0) process.exit(1)
  const sandbox = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []
  run(electron, [...sandbox, root, ...process.argv.slice(2)])
}
