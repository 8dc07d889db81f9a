// Makes what Electron runs, in dist/desktop: JavaScript out of the TypeScript, file by file, so that scripts and other
// files lie beside the code that reads them; and the preload as one CommonJS file.
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { build } from 'vite'

const root = dirname(import.meta.dirname)
const target = join(root, 'dist/desktop')
/** What the code reads at run time. */
const besides = [
  'electron/core/remote/scripts',
  'electron/headless/practice-server/guard.sh',
  'electron/headless/practice-server/stand-ins',
]

rmSync(target, { recursive: true, force: true })
const tsc = spawnSync(
  process.execPath,
  [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'electron/tsconfig.build.json')],
  { stdio: 'inherit' },
)
if (tsc.status !== 0) process.exit(1)
for (const path of besides) cpSync(join(root, path), join(target, path), { recursive: true })
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
writeFileSync(join(target, 'package.json'), `${JSON.stringify({ name, version, type: 'module' })}\n`)
await build({ configFile: join(root, 'electron/preload/vite.config.ts'), logLevel: 'warn' })
