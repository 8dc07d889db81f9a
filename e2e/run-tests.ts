import type { TestModule } from 'vitest/node'

import { createVitest } from 'vitest/node'

import { countTests, isThorough } from './count-tests.ts'
import { whatTheLabMisses } from './lab/prerequisites.ts'
import { runWindowSpecs } from './run-window-specs.ts'
import { installCommand, isInstalled, readPrograms } from './programs.ts'

/**
 * `npm test [-- part of a file name]…`: the unit and lab tests, without names also the window's specs, what this machine
 * cannot run and why, and as the last line `N passed, N failed`. Exit code 1 where one failed or none passed. With
 * HOLDFAST_REQUIRE_LAB=1, lab tests that did not run are one failure, and so are the window's specs. Tests with the tag `thorough` run with `--thorough` or where
 * files are named.
 */
async function main(args: readonly string[]): Promise<void> {
  const filters = args.filter((arg) => arg !== '--thorough')
  const isWhole = args.length > 0
  const vitest = await createVitest({
    project: ['unit', 'boringssl', 'lab'],
    watch: false,
    ...(isWhole ? {} : { tagsFilter: ['!thorough'] }),
  })
  const found = await vitest.globTestSpecifications([...filters])
  if (found.length === 0) console.log('No test file has such a name.')
  const { testModules, unhandledErrors } =
    found.length === 0 ? { testModules: [], unhandledErrors: [] } : await vitest.start([...filters])
  const own = countTests(testModules, unhandledErrors)
  await vitest.close()
  const hasBrowser = readPrograms().some(({ name, purpose }) => purpose === 'the window' && isInstalled(name))
  const window = filters.length === 0 && hasBrowser ? runWindowSpecs() : { passed: 0, failed: 0, skipped: 0 }
  const counts = {
    passed: own.passed + window.passed,
    failed: own.failed + window.failed,
    skipped: own.skipped + window.skipped,
  }

  const lab = testModules.filter((module) => module.project.name === 'lab')
  const others = testModules.filter((module) => module.project.name !== 'lab')
  const isRequired = process.env['HOLDFAST_REQUIRE_LAB'] === '1'
  const labFailure = isRequired && countTests(lab, []).passed === 0
  const windowFailure = isRequired && filters.length === 0 && window.passed === 0
  const report = [
    ...describeLab(lab),
    ...describePrograms(),
    ...describeSkipped(whatTheLabMisses() === null ? testModules : others),
  ]
  if (report.length > 0) console.log(['', 'Not run on this machine:', ...report].join('\n'))
  if (labFailure) console.log('\nThe lab tests had to run, and did not: this counts as one failure.')
  if (windowFailure) console.log('\nThe window’s specs had to run, and did not: this counts as one failure.')
  if (!isWhole) {
    const left = testModules.flatMap((module) => [...module.children.allTests('skipped')].filter(isThorough))
    console.log(`\n${left.length} thorough tests were left out; they run with: npm run test:thorough`)
  }
  console.log(`\n${counts.skipped} skipped`)
  const failed = counts.failed + (labFailure ? 1 : 0) + (windowFailure ? 1 : 0)
  console.log(`${counts.passed} passed, ${failed} failed`)
  process.exitCode = failed > 0 || counts.passed === 0 ? 1 : 0
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
    [...module.children.allTests('skipped')].flatMap((test) => {
      if (isThorough(test)) return []
      const result = test.result()
      const note = result.state === 'skipped' ? result.note : undefined
      return `  ${module.relativeModuleId}: ${test.fullName}${note === undefined ? '' : ` (${note})`}`
    }),
  )
}

await main(process.argv.slice(2))
