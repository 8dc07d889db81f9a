import type { TestCase, TestModule } from 'vitest/node'

/** How tests ended. A file or a hook that broke counts as one failed. */
export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** Whether a test is one of those that `npm run test:thorough` has and `npm test` leaves out. */
export function isThorough(test: TestCase): boolean {
  return test.tags.includes('thorough')
}

/** Counts the tests of the modules, without thorough ones that were left out; `unhandled` are errors that belong to no test, each one failed. */
export function countTests(modules: readonly TestModule[], unhandled: readonly unknown[]): Counts {
  let passed = 0
  let skipped = 0
  let failed = unhandled.length
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') passed += 1
      else if (state === 'skipped') skipped += isThorough(test) ? 0 : 1
      else failed += 1
    }
    const groups = [module, ...module.children.allSuites()]
    failed += groups.filter((group) => group.errors().length > 0).length
  }
  return { passed, failed, skipped }
}
