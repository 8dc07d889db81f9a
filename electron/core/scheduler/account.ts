import { v7 as uuid } from 'uuid'
import type { Schedule } from '../../../shared/model/schedule.ts'
import { isPaused } from '../../../shared/pause.ts'
import type { ScheduleRun } from '../../../shared/model/schedule-run.ts'
import { dueBetween, type DueRange } from '../../../shared/next-run.ts'

/** A run that begins no later than this after it was due was not missed. */
const punctual = 5 * 60_000

interface Accounting {
  readonly schedule: Schedule
  /** Every due time up to here is accounted for. */
  readonly after: Date
  readonly now: Date
  /** From 0 to 1, for the jitter. */
  readonly chance: number
}

function runOf(
  { schedule, now }: Accounting,
  range: DueRange,
  run: Pick<ScheduleRun, 'state' | 'late'> & { readonly notBefore: Date },
): ScheduleRun {
  return {
    ...{ id: uuid(), scheduleId: schedule.id, schedule: schedule.name, manual: false },
    ...{ firstDueAt: range.first.toISOString(), dueAt: range.latest.toISOString(), count: range.count },
    ...{ state: run.state, late: run.late, notBefore: run.notBefore.toISOString() },
    ...{ startedAt: null, finishedAt: run.state === 'skipped' ? now.toISOString() : null, attempts: 0 },
    ...{ sources: [], vanished: [], error: null, madeGoodAt: null },
  }
}

/** Whether due times that were missed are to be caught up now. */
function catchesUp({ missed }: Schedule, latest: Date, now: Date): boolean {
  switch (missed.then) {
    case 'run':
      return true
    case 'run-within':
      return now.getTime() - latest.getTime() <= missed.hours * 60 * 60_000
    case 'wait':
      return false
  }
}

/**
 * What the due times since the last look come to: those in a pause are skipped; of the others there is one run, however
 * many they are, and where the last of them was missed the schedule's policy says whether it begins now.
 */
export function accountFor(accounting: Accounting): readonly ScheduleRun[] {
  const { schedule, after, now, chance } = accounting
  const runs: ScheduleRun[] = []
  const until = schedule.paused?.until ?? null
  const pausedUntil = isPaused(schedule.paused, now) ? now : until === null ? after : new Date(until)
  const from = pausedUntil > after ? pausedUntil : after
  const skipped = from > after ? dueBetween(schedule, after, from) : null
  if (skipped) runs.push(runOf(accounting, skipped, { state: 'skipped', late: false, notBefore: now }))
  const due = from < now ? dueBetween(schedule, from, now) : null
  if (!due) return runs
  const lateBy = now.getTime() - due.latest.getTime()
  const late = due.count > 1 || lateBy > punctual
  const wait = lateBy > punctual && !catchesUp(schedule, due.latest, now)
  const begin = lateBy > punctual ? now : due.latest
  const notBefore = new Date(begin.getTime() + Math.floor(chance * schedule.jitterMinutes * 60_000))
  runs.push(runOf(accounting, due, { state: wait ? 'missed' : 'waiting', late, notBefore }))
  return runs
}

/** One run that stands for both: the due times of a later one joined to one that has not begun. */
export function joined(waiting: ScheduleRun, later: ScheduleRun): ScheduleRun {
  return {
    ...waiting,
    ...{ dueAt: later.dueAt, count: waiting.count + later.count, late: true },
    notBefore: later.notBefore < waiting.notBefore ? later.notBefore : waiting.notBefore,
    ...{ attempts: 0, sources: [] },
  }
}

/** A run that a person asks for. */
export function manualRun(schedule: Schedule, now: Date): ScheduleRun {
  const range = { first: now, latest: now, count: 0 }
  const accounting = { schedule, now, after: now, chance: 0 }
  return { ...runOf(accounting, range, { state: 'waiting', late: false, notBefore: now }), manual: true }
}
