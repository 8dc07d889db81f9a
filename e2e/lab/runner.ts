import { inject, type RunnerTestFile, TestRunner } from 'vitest'

/** Matches no name. */
const none = /(?!)/

/** Where the machine has no lab, the tests of `x.lab.…` files are skipped, hooks included. All others just run. */
export default class LabRunner extends TestRunner {
  readonly #wanted = this.config.testNamePattern

  override onCollectStart(file: RunnerTestFile): void {
    super.onCollectStart(file)
    const skipped = inject('labMisses') !== null && file.filepath.includes('.lab.')
    this.config.testNamePattern = skipped ? none : this.#wanted
  }
}
