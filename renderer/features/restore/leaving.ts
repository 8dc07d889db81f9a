import type { NewRestore } from '../../lib/state/new-restore.svelte.ts'

/** How the task is left before anything was started. */
export const cancelling = {
  text: 'Cancel',
  question: 'Leave without restoring?',
  verb: 'Leave',
} as const

/** What leaving would lose, in words. */
export function lostBy(task: NewRestore): string | null {
  return task.wouldLose ? 'Your choices here are forgotten. Nothing was changed on any server.' : null
}
