import type { TestModule } from 'vitest/node'

import { createVitest } from 'vitest/node'

import { countTests } from './count-tests.ts'
import { whatTheLabMisses } from './lab/prerequisites.ts'
import { installCommand, isInstalled, readPrograms } from './programs.ts'

/**
 * `npm test [-- part of a file name]…`: the unit and lab tests, what this machine cannot run and why, and as the last
 * line `N passed, N failed`. Exit code 1 where one failed or none passed. With HOLDFAST_REQUIRE_LAB=1, lab tests that did
 * not run are one failure.
 */
async function main(filters: readonly string[]): Promise<void> {
  const vitest = await createVitest({ project: ['unit', 'boringssl', 'lab'], watch: false })
  const found = await vitest.globTestSpecifications([...filters])
  if (found.length === 0) console.log('No test file has such a name.')
  const { testModules, unhandledErrors } =
    found.length === 0 ? { testModules: [], unhandledErrors: [] } : await vitest.start([...filters])
  const counts = countTests(testModules, unhandledErrors)
  await vitest.close()

  const lab = testModules.filter((module) => module.project.name === 'lab')
  const others = testModules.filter((module) => module.project.name !== 'lab')
  const labFailure = process.env['HOLDFAST_REQUIRE_LAB'] === '1' && countTests(lab, []).passed === 0
  const report = [
    ...describeLab(lab),
    ...describePrograms(),
    ...describeSkipped(whatTheLabMisses() === null ? testModules : others),
  ]
  if (report.length > 0) console.log(['', 'Not run on this machine:', ...report].join('\n'))
  if (labFailure) console.log('\nThe lab tests had to run, and did not: this counts as one failure.')
  console.log(`\n${counts.skipped} skipped`)
  console.log(`${counts.passed} passed, ${counts.failed + (labFailure ? 1 : 0)} failed`)
  process.exitCode = counts.failed > 0 || labFailure || counts.passed === 0 ? 1 : 0
}

function describeLab(modules: readonly TestModule[]): readonly string[] {
  const missing = whatTheLabMisses()
  if (missing === null) return []
  return [
    `  ${countTests(modules, []).skipped} tests against real servers: ${missing.reason}.`,
    `      ${missing.remedy}`,
  ]
}

function describePrograms(): readonly string[] {
  const absent = readPrograms().filter((program) => program.purpose !== 'lab' && !isInstalled(program.name))
  if (absent.length === 0) return []
  return [
    ...absent.map((program) => `  ${program.purpose}: there is no ${program.name}.`),
    `      ${installCommand(absent)}`,
  ]
}

function describeSkipped(modules: readonly TestModule[]): readonly string[] {
  return modules.flatMap((module) =>
    [...module.children.allTests('skipped')].map((test) => {
      const result = test.result()
      const note = result.state === 'skipped' ? result.note : undefined
      return `  ${module.relativeModuleId}: ${test.fullName}${note === undefined ? '' : ` (${note})`}`
    }),
  )
}

await main(process.argv.slice(2))
