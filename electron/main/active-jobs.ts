import type { AppEvent } from '../../shared/events.ts'
import type { Job } from '../../shared/model/job.ts'

/** The jobs that have not ended, by what events and lists say; oldest first. */
export class ActiveJobs {
  readonly #jobs = new Map<string, Job>()
  readonly #touched = new Set<Set<string>>()

  /** True where that changed which jobs there are, not only how far they came. */
  take(event: AppEvent): boolean {
    return event.type === 'job.changed' && this.#note(event.job)
  }

  forget(): void {
    this.#jobs.clear()
  }

  /**
   * To be called before a list of jobs is asked for; the function it returns puts the list, newest first, in place of
   * everything known before. Of what events told meanwhile, the events are newer.
   */
  beginReplacing(): (jobs: readonly Job[]) => void {
    const touched = new Set<string>()
    this.#touched.add(touched)
    return (jobs) => {
      this.#touched.delete(touched)
      for (const id of [...this.#jobs.keys()]) if (!touched.has(id)) this.#jobs.delete(id)
      for (const job of jobs.toReversed()) if (!touched.has(job.id)) this.#note(job)
    }
  }

  get list(): readonly Job[] {
    return [...this.#jobs.values()]
  }

  #note(job: Job): boolean {
    const known = this.#jobs.has(job.id)
    for (const touched of this.#touched) touched.add(job.id)
    if (job.finishedAt === null) this.#jobs.set(job.id, job)
    else this.#jobs.delete(job.id)
    return known !== this.#jobs.has(job.id)
  }
}

/** How far a job is, in whole per cent; null where nobody knows. */
export function percentDone({ progress }: Pick<Job, 'progress'>): number | null {
  if (progress === null || progress.totalBytes === null || progress.totalBytes === 0) return null
  return Math.min(99, Math.floor((progress.bytes / progress.totalBytes) * 100))
}
