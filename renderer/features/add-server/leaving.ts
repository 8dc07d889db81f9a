import type { NewServer } from '../../lib/state/new-server.svelte.ts'

/** How the task is left before a server was added. */
export const cancelling = {
  text: 'Cancel',
  question: 'Leave without adding the server?',
  verb: 'Leave',
} as const

/** What leaving would lose, in words. */
export function lostBy(task: NewServer): string | null {
  return task.wouldLose ? 'What you typed here is forgotten. No server was added.' : null
}
