import type { SourceRun } from '../../../shared/model/schedule-run.ts'

/** Whether there is a backup of a source, whole or not. */
export function isOver({ state }: SourceRun): boolean {
  return state === 'succeeded' || state === 'partial'
}

/** How a run ended, by its sources. */
export function stateOf(sources: readonly SourceRun[]): 'done' | 'partial' | 'failed' {
  if (sources.length > 0 && sources.every(({ state }) => state === 'succeeded')) return 'done'
  return sources.some(isOver) ? 'partial' : 'failed'
}
