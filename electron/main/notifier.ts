import { isWithinWindow } from '../../shared/wall-clock.ts'
import type { DesktopPreferences } from '../../shared/desktop.ts'
import type { AppEvent } from '../../shared/events.ts'
import type { ScheduleRun } from '../../shared/model/schedule-run.ts'
import { jobNotice, runNotice, type Notice } from './notices.ts'

export interface NotifierOptions {
  readonly preferences: () => DesktopPreferences
  readonly now: () => Date
  readonly zone: string
  readonly show: (notice: Notice) => void
}

/** Says each thing once, and holds what quiet hours hold until they are over. */
export class Notifier {
  readonly #options: NotifierOptions
  readonly #said = new Set<string>()
  #held: Notice[] = []
  #known = false

  constructor(options: NotifierOptions) {
    this.#options = options
  }

  take(event: AppEvent): void {
    if (event.type !== 'job.changed' || event.job.finishedAt === null) return
    const { notifySuccess } = this.#options.preferences()
    this.#say(event.job.id, jobNotice(event.job, { success: notifySuccess }))
  }

  /** Runs of schedules that ended badly. Those of the first list were there before this program was. */
  takeRuns(runs: readonly ScheduleRun[]): void {
    const { notifySuccess } = this.#options.preferences()
    for (const run of runs) {
      if (this.#known) this.#say(run.id, runNotice(run, { success: notifySuccess }))
      else this.#said.add(run.id)
    }
    this.#known = true
  }

  /** To be called now and then: says what was held, once quiet hours are over. */
  release(): void {
    if (this.#held.length === 0 || this.#quiet()) return
    const held = this.#held
    this.#held = []
    for (const notice of held) this.#options.show(notice)
  }

  #say(id: string, notice: Notice | null): void {
    if (notice === null || this.#said.has(id)) return
    this.#said.add(id)
    if (this.#quiet() && !notice.alarm) this.#held.push(notice)
    else this.#options.show(notice)
  }

  #quiet(): boolean {
    const { quietHours } = this.#options.preferences()
    return quietHours !== null && isWithinWindow(quietHours, this.#options.now(), this.#options.zone)
  }
}
