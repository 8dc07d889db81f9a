import { join } from 'node:path'
import { z } from 'zod'
import { Instant } from '../../../shared/model/name.ts'
import { ScheduleRun } from '../../../shared/model/schedule-run.ts'
import type { EventBus } from '../event-bus.ts'
import type { Log } from '../ports.ts'
import { openDocument, type Document } from '../store/document.ts'

const Stored = z.object({
  /** Newest first. */
  runs: z.array(ScheduleRun),
  /** By schedule: every due time up to here stands in `runs`. */
  accounted: z.record(z.string(), Instant),
  clock: z.object({
    /** The last time that the scheduler saw on the wall. */
    lastSeen: Instant.nullable(),
    /** The last time that the clock went on by more than a day without being watched. */
    jump: z.object({ from: Instant, to: Instant }).nullable(),
  }),
})
export type RunHistoryState = z.infer<typeof Stored>

/** Runs that are kept for good measure; those that are open or need attention stay besides. */
const kept = 2000

/** What became of every due time of every schedule, on disk before anything follows from it. */
export class RunHistory {
  readonly #document: Document<RunHistoryState>
  readonly #events: EventBus

  private constructor(document: Document<RunHistoryState>, events: EventBus) {
    this.#document = document
    this.#events = events
  }

  static async open(
    folder: string,
    { log, events }: { readonly log: Log; readonly events: EventBus },
  ): Promise<RunHistory> {
    const document = await openDocument({
      ...{ file: join(folder, 'schedule-runs.json'), schema: Stored, version: 1, migrations: {}, log },
      empty: { runs: [], accounted: {}, clock: { lastSeen: null, jump: null } },
    })
    return new RunHistory(document, events)
  }

  read(): RunHistoryState {
    return this.#document.read()
  }

  /** Runs of a schedule, newest first. */
  of(scheduleId: string): readonly ScheduleRun[] {
    return this.read().runs.filter((run) => run.scheduleId === scheduleId)
  }

  get(id: string): ScheduleRun | undefined {
    return this.read().runs.find((run) => run.id === id)
  }

  async change(change: (current: RunHistoryState) => RunHistoryState): Promise<void> {
    await this.#document.update((current) => {
      const next = change(current)
      const isOpen = ({ state }: ScheduleRun) => state === 'waiting' || state === 'running'
      return { ...next, runs: next.runs.filter((run, at) => at < kept || isOpen(run)) }
    })
    this.#events.publish({ type: 'schedules.changed' })
  }

  /** From now on the due times of a schedule count. */
  async begin(scheduleId: string, at: string): Promise<void> {
    await this.change((state) => ({ ...state, accounted: { ...state.accounted, [scheduleId]: at } }))
  }

  /** Ends what has not begun of a schedule that is removed; what became of the rest stays. */
  async forget(scheduleId: string): Promise<void> {
    await this.change(({ accounted, runs, ...state }) => ({
      ...state,
      accounted: Object.fromEntries(Object.entries(accounted).filter(([id]) => id !== scheduleId)),
      runs: runs.filter((run) => run.scheduleId !== scheduleId || run.state !== 'waiting'),
    }))
  }

  async changeRun(id: string, change: (run: ScheduleRun) => ScheduleRun): Promise<void> {
    await this.change((state) => ({
      ...state,
      runs: state.runs.map((run) => (run.id === id ? change(run) : run)),
    }))
  }
}
