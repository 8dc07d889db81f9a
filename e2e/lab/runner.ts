import { inject, type RunnerTask, type RunnerTestFile, TestRunner } from 'vitest'

/** Where the machine has no lab, the tests of `x.lab.…` files are skipped, hooks included. All others just run. */
export default class LabRunner extends TestRunner {
  onCollected(files: RunnerTestFile[]): void {
    if (inject('labMisses') === null) return
    files.filter((file) => file.filepath.includes('.lab.')).forEach(skip)
  }
}

function skip(task: RunnerTask): void {
  task.mode = 'skip'
  if ('tasks' in task) task.tasks.forEach(skip)
}
