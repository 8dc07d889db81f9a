// `npm run check`: what can be said of the code without running it, two at a time. Prints what the failing ones say.
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import process from 'node:process'

const checks = [
  'npm run -s lint',
  'svelte-check --workspace renderer --tsconfig ./tsconfig.json --fail-on-warnings --output human',
  ...['electron', 'e2e', 'renderer', 'shared', 'electron/preload'].map((project) => `tsc -p ${project}`),
  'npm run -s format:check',
  'node build/third-party-notices.mjs --check',
]

/** True where it ended well; what a failing one said is printed. */
async function passes(command) {
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const code = new Promise((resolve) => child.on('close', resolve))
  const said = await Promise.all([text(child.stdout), text(child.stderr)])
  if ((await code) === 0) return true
  process.stderr.write(`\n${command}\n${said.join('')}`)
  return false
}

const waiting = checks[Symbol.iterator]()
async function work() {
  let good = true
  for (const command of waiting) good = (await passes(command)) && good
  return good
}

const results = await Promise.all([work(), work()])
process.exitCode = results.every(Boolean) ? 0 : 1
