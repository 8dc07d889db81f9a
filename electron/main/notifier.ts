import { isWithinWindow } from '../../shared/wall-clock.ts'
import type { DesktopPreferences } from '../../shared/desktop.ts'
import type { AppEvent } from '../../shared/events.ts'
import type { ScheduleRun } from '../../shared/model/schedule-run.ts'
import { jobNotice, runNotice, staleNotice, type Notice } from './notices.ts'
import type { StandingSource } from './standing.ts'

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
  /** Sources whose backups are too old, as far as somebody was told; null: nobody has looked yet. */
  #stale: ReadonlySet<string> | null = null

  constructor(options: NotifierOptions) {
    this.#options = options
  }

  take(event: AppEvent): void {
    if (event.type !== 'job.changed' || event.job.finishedAt === null) return
    const { notifySuccess } = this.#options.preferences()
    this.#say(event.job.id, jobNotice(event.job, { success: notifySuccess }))
  }

  /** Runs of schedules, open or ended badly. What had ended in the first list was there before this program was. */
  takeRuns(runs: readonly ScheduleRun[]): void {
    const { notifySuccess } = this.#options.preferences()
    for (const run of runs) {
      const begun = run.state === 'running'
      const id = begun ? `${run.id}/begun` : run.id
      if (this.#known || begun) this.#say(id, runNotice(run, { success: notifySuccess }))
      else if (run.finishedAt !== null) this.#said.add(id)
    }
    this.#known = true
  }

  /**
   * Sources whose newest backup became too old. Those of the first list were so before this program was; one that was
   * well in between is told again.
   */
  takeSources(sources: readonly StandingSource[]): void {
    const now = this.#options.now()
    const stale = sources.filter(({ state, onServer }) => state === 'stale' && onServer)
    const key = ({ server, name }: StandingSource) => `stale/${server}/${name}`
    for (const each of stale) {
      if (this.#stale === null || this.#stale.has(key(each)) || each.newestAt === null) continue
      this.#tell(staleNotice({ ...each, newestAt: each.newestAt, now }))
    }
    this.#stale = new Set(stale.map(key))
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
    this.#tell(notice)
  }

  #tell(notice: Notice): void {
    if (this.#quiet() && !notice.alarm) this.#held.push(notice)
    else this.#options.show(notice)
  }

  #quiet(): boolean {
    const { quietHours } = this.#options.preferences()
    return quietHours !== null && isWithinWindow(quietHours, this.#options.now(), this.#options.zone)
  }
}
