import type { RunHistoryState } from './run-history.ts'

const day = 24 * 60 * 60_000

/**
 * What a look at the wall clock changes. A clock that was set back by more than a day makes the due times from now on
 * count again, for else a clock that had been years ahead would silence every schedule; one that was set back by less
 * repeats nothing. More than a day forward, asleep or not, is remembered: retention waits for runs that go well.
 */
export function afterLook(state: RunHistoryState, now: Date): RunHistoryState {
  const last = state.clock.lastSeen
  const clock = { ...state.clock, lastSeen: now.toISOString() }
  if (last === null) return { ...state, clock }
  const step = now.getTime() - Date.parse(last)
  if (step > day) return { ...state, clock: { ...clock, jump: { from: last, to: now.toISOString() } } }
  if (step >= -day) {
    return step < 0 ? state : { ...state, clock }
  }
  const accounted = Object.fromEntries(
    Object.entries(state.accounted).map(([id, until]) => [
      id,
      Date.parse(until) > now.getTime() ? now.toISOString() : until,
    ]),
  )
  return { ...state, accounted, clock }
}

/** Whether a schedule's backups must not be thinned out by this clock: it jumped, and no two runs went well since. */
export function clockIsDoubtful(
  { clock, runs }: Pick<RunHistoryState, 'clock' | 'runs'>,
  { scheduleId, interval }: { readonly scheduleId: string; readonly interval: number },
): boolean {
  const { jump } = clock
  if (jump === null) return false
  const size = Date.parse(jump.to) - Date.parse(jump.from)
  if (size <= Math.max(day, 2 * interval)) return false
  const good = runs.filter(
    (run) =>
      run.scheduleId === scheduleId &&
      run.state === 'done' &&
      run.finishedAt !== null &&
      run.finishedAt >= jump.to,
  )
  return good.length < 2
}
