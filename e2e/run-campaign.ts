import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { createVitest } from 'vitest/node'

import { countTests, type Counts } from './count-tests.ts'
import { describeCommit, readEntries, writeEntry } from './figures-document.ts'
import { figuresVariable, readFigures } from './figures.ts'

const root = join(import.meta.dirname, '..')
const settings = { project: ['campaign'], watch: false }

/**
 * `npm run test:campaign [-- --again] [part of a file name]…`: every campaign, one after the other. What ran without a
 * failure at this commit is not run again, unless `--again`: so an interrupted run goes on where it was.
 */
async function main(args: readonly string[]): Promise<void> {
  const again = args.includes('--again')
  const filters = args.filter((arg) => !arg.startsWith('--'))
  const commit = describeCommit()
  const scratch = mkdtempSync(join(tmpdir(), 'campaign-'))
  const totals = { passed: 0, failed: 0, skipped: 0 }
  try {
    for (const path of await findCampaigns(filters)) {
      const name = relative(root, path)
      const known = readEntries()[name]
      if (!again && known?.commit === commit && known.failed === 0 && !commit.endsWith('-changed')) {
        console.log(`${name}: done at this commit, ${known.passed} passed`)
        continue
      }
      const file = join(scratch, 'figures')
      const start = performance.now()
      const counts = await runCampaign(path, file)
      const seconds = Math.round((performance.now() - start) / 100) / 10
      const date = new Date().toISOString()
      // What this machine could not run at all says nothing: what another machine found stays.
      if (counts.passed + counts.failed > 0) {
        writeEntry(name, { commit, date, seconds, ...counts, figures: readFigures(file) })
      }
      totals.passed += counts.passed
      totals.failed += counts.failed
      totals.skipped += counts.skipped
    }
  } finally {
    rmSync(scratch, { recursive: true })
  }
  console.log(`\n${totals.skipped} skipped\n${totals.passed} passed, ${totals.failed} failed`)
  process.exitCode = totals.failed > 0 ? 1 : 0
}

async function findCampaigns(filters: readonly string[]): Promise<readonly string[]> {
  const vitest = await createVitest(settings)
  const specifications = await vitest.globTestSpecifications([...filters])
  await vitest.close()
  return specifications.map((specification) => specification.moduleId).sort()
}

/** Runs one campaign, whose figures go to the file. */
async function runCampaign(path: string, file: string): Promise<Counts> {
  writeFileSync(file, '')
  process.env[figuresVariable] = file
  const vitest = await createVitest(settings)
  const { testModules, unhandledErrors } = await vitest.start([path])
  await vitest.close()
  return countTests(testModules, unhandledErrors)
}

await main(process.argv.slice(2))
