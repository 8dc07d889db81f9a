import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { seededBugs, type SeededBug } from './seeded-bugs.ts'

const root = join(import.meta.dirname, '../..')
const left = new Set(['node_modules', '.git', 'dist', 'coverage', '.cache'])

/** A copy of the checkout, so that a planted bug is never seen by anything else. */
function copyCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-mutants-'))
  cpSync(root, folder, { recursive: true, filter: (path) => !left.has(basename(path)) })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  return folder
}

/** True where the bug's tests pass in a folder. */
function passes(folder: string, { project, test }: SeededBug): boolean {
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs')
  const args = [vitest, 'run', '--project', project, '--no-cache', test]
  const run = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', timeout: 600_000 })
  return run.status === 0
}

/** Plants a bug, runs its tests, and puts the file back. */
function isCaught(folder: string, bug: SeededBug): boolean {
  const path = join(folder, bug.file)
  const right = readFileSync(path, 'utf8')
  if (right.split(bug.right).length !== 2)
    throw new Error(`${bug.file}: what "${bug.name}" changes must stand there once.`)
  writeFileSync(
    path,
    right.replace(bug.right, () => bug.wrong),
  )
  try {
    return !passes(folder, bug)
  } finally {
    writeFileSync(path, right)
  }
}

/** Plants every bug, one at a time, and returns the exit code. A bug counts only where its tests pass without it. */
function main(wanted: readonly string[]): number {
  const bugs = seededBugs.filter(
    ({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
  )
  const folder = copyCheckout()
  const green = new Map<string, boolean>()
  let caught = 0
  try {
    for (const bug of bugs) {
      if (!green.has(bug.test)) green.set(bug.test, passes(folder, bug))
      const verdict =
        green.get(bug.test) !== true
          ? 'its tests fail without it'
          : isCaught(folder, bug)
            ? 'caught'
            : 'NOT CAUGHT'
      if (verdict === 'caught') caught += 1
      console.log(`${verdict.padEnd(26)} ${bug.name}  (${bug.test})`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  console.log(`${caught} of ${bugs.length} seeded bugs caught`)
  return caught === bugs.length && bugs.length > 0 ? 0 : 1
}

process.exitCode = main(process.argv.slice(2))
