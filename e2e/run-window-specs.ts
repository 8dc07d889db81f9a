import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import type { Counts } from './count-tests.ts'

const root = join(import.meta.dirname, '..')

/** What Playwright's JSON reporter says of a whole run: https://playwright.dev/docs/api/class-testreporter */
const Summary = z.object({
  stats: z.object({
    expected: z.number(),
    unexpected: z.number(),
    flaky: z.number(),
    skipped: z.number(),
  }),
  errors: z.array(z.unknown()),
})

/** Builds the window and runs its specs in Chromium. One that passed only when tried again is a failure. */
export function runWindowSpecs(): Counts {
  const scratch = mkdtempSync(join(tmpdir(), 'window-specs-'))
  const report = join(scratch, 'report.json')
  const env = { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report }
  try {
    const built = spawnSync('npm', ['run', '-s', 'build:desktop'], { cwd: root, stdio: 'inherit' })
    if (built.status !== 0) return { passed: 0, failed: 1, skipped: 0 }
    const playwright = join(root, 'node_modules/.bin/playwright')
    // What takes long, or measures time on a machine that has other things to do: `npm run test:window` has it.
    const chosen = ['--grep-invert', '@timed|@long', '--reporter', 'list,json']
    const args = ['test', '--config', 'e2e/playwright.config.ts', ...chosen]
    const { status } = spawnSync(playwright, args, { cwd: root, env, stdio: 'inherit' })
    const { stats, errors } = Summary.parse(JSON.parse(readFileSync(report, 'utf8')))
    const failed = stats.unexpected + stats.flaky + errors.length
    return {
      passed: stats.expected,
      failed: failed === 0 && status !== 0 ? 1 : failed,
      skipped: stats.skipped,
    }
  } finally {
    rmSync(scratch, { recursive: true })
  }
}
