import type { Pause } from './model/schedule.ts'

/** Whether a pause holds at a time. */
export function isPaused(pause: Pause | null, now: Date): boolean {
  return pause !== null && (pause.until === null || Date.parse(pause.until) > now.getTime())
}
