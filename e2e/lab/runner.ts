import { inject, type RunnerTask, type RunnerTestFile, TestRunner } from 'vitest'

/** The lab's tests run as any others do; where the machine has no lab, all of them are skipped, hooks included. */
export default class LabRunner extends TestRunner {
  onCollected(files: RunnerTestFile[]): void {
    if (inject('labMisses') !== null) files.forEach(skip)
  }
}

function skip(task: RunnerTask): void {
  task.mode = 'skip'
  if ('tasks' in task) task.tasks.forEach(skip)
}
