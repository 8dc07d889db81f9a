import { v7 as uuid } from 'uuid'
import { AppError, cancellation, throwIfCancelled, toWire } from '../../../shared/errors.ts'
import type { Job, JobLogLine } from '../../../shared/model/job.ts'
import type { EventBus } from '../event-bus.ts'
import type { Clock, Log, LogLevel } from '../ports.ts'
import type { Claim, JobContext, JobOutcome, JobRecord, JobSpec, ProgressCounts } from './job-context.ts'
import type { JobStore } from './job-store.ts'
import { ProgressMeter } from './progress-meter.ts'

interface Active {
  readonly spec: JobSpec
  readonly controller: AbortController
  readonly meter: ProgressMeter
  record: JobRecord
  started: boolean
  readonly settled: PromiseWithResolvers<Job>
}

export interface JobQueueOptions {
  readonly clock: Clock
  readonly log: Log
  readonly events: EventBus
  readonly store: JobStore
  /** Jobs that may run at the same time. */
  readonly parallel: number
}

/**
 * Runs jobs in the order in which they came, a few at a time, never two with the same lock. A job's state on disk
 * is written before anybody is told of it. Disposing interrupts all jobs and waits until they have let go.
 */
export class JobQueue implements AsyncDisposable {
  readonly #options: JobQueueOptions
  readonly #active = new Map<string, Active>()
  #closing = false

  constructor(options: JobQueueOptions) {
    this.#options = options
  }

  /** Queues a job and returns it as stored. */
  async start(spec: JobSpec): Promise<Job> {
    if (this.#closing)
      throw new AppError('busy', 'Holdfast is closing. Nothing was started; start it again and retry.')
    const job: Job = {
      id: uuid(),
      kind: spec.kind,
      state: 'queued',
      title: spec.title,
      request: spec.request,
      createdAt: this.#now(),
      startedAt: null,
      finishedAt: null,
      progress: null,
      backupId: null,
      warnings: 0,
      missingCopies: [],
      error: null,
    }
    const active: Active = {
      spec,
      controller: new AbortController(),
      meter: new ProgressMeter(),
      record: { job, claims: [] },
      started: false,
      settled: Promise.withResolvers<Job>(),
    }
    await this.#save(active, {})
    this.#active.set(job.id, active)
    this.#next()
    return job
  }

  /** Newest first, running ones with their latest progress. */
  list(): readonly Job[] {
    const stored = this.#options.store.list()
    return stored.map(({ job }) => this.#active.get(job.id)?.record.job ?? job)
  }

  /** Throws `not-found`. */
  get(id: string): Job {
    const job = this.#active.get(id)?.record.job ?? this.#options.store.get(id)?.job
    if (!job) throw new AppError('not-found', `There is no job ${id}. See: holdfast jobs`)
    return job
  }

  log(id: string): Promise<readonly JobLogLine[]> {
    return this.#options.store.log(id)
  }

  /** Resolves when the job has ended, to its last state. */
  async settled(id: string): Promise<Job> {
    const active = this.#active.get(id)
    return active ? active.settled.promise : this.get(id)
  }

  get busy(): boolean {
    return this.#active.size > 0
  }

  /** Resolves when every job that is queued or running now has ended. */
  async idle(): Promise<void> {
    await Promise.all([...this.#active.values()].map(({ settled }) => settled.promise))
  }

  /** Asks a job to stop and resolves at once; a job that has ended stays as it is. */
  async cancel(id: string): Promise<Job> {
    const active = this.#active.get(id)
    if (!active) return this.get(id)
    const reason = new AppError(
      'cancelled',
      'Cancelled. Earlier backups are untouched; nothing of this one was kept.',
    )
    if (!active.started) {
      active.controller.abort(reason)
      await this.#finish(active, reason)
      return active.record.job
    }
    const saved = this.#save(active, { state: 'cancelling' })
    const { job } = active.record
    active.controller.abort(reason)
    await saved
    return job
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true
    const reason = new AppError(
      'interrupted',
      'Holdfast was closed while this ran. Earlier backups are untouched; start it again.',
    )
    const all = [...this.#active.values()]
    for (const active of all) active.controller.abort(reason)
    await Promise.all(
      all.map((active) => (active.started ? active.settled.promise : this.#finish(active, reason))),
    )
  }

  #next(): void {
    const running = [...this.#active.values()].filter(({ started }) => started)
    const locks = new Set(running.map(({ spec }) => spec.lock))
    let free = this.#options.parallel - running.length
    for (const active of this.#active.values()) {
      if (free <= 0) return
      if (active.started || locks.has(active.spec.lock)) continue
      active.started = true
      locks.add(active.spec.lock)
      free -= 1
      void this.#run(active)
    }
  }

  async #run(active: Active): Promise<void> {
    try {
      await this.#save(active, { state: 'running', startedAt: this.#now() })
      throwIfCancelled(active.controller.signal)
      const outcome = await active.spec.run(this.#context(active))
      await this.#finish(active, outcome)
    } catch (error) {
      const { signal } = active.controller
      await this.#finish(active, signal.aborted && !isUnfinished(error) ? cancellation(signal) : error)
    }
  }

  #context(active: Active): JobContext {
    return {
      id: active.record.job.id,
      signal: active.controller.signal,
      note: (level, text) => this.#note(active, level, text),
      expect: (totals) => active.meter.expect(totals),
      progress: (counts) => this.#progress(active, counts),
      claimed: async (claims: readonly Claim[]) => {
        active.record = { ...active.record, claims }
        await this.#save(active, {})
      },
      released: (left) => {
        active.record = { ...active.record, claims: left }
      },
    }
  }

  #progress(active: Active, counts: ProgressCounts): void {
    const progress = active.meter.report(counts, this.#options.clock.monotonic())
    if (!progress) return
    active.record = { ...active.record, job: { ...active.record.job, progress } }
    this.#options.events.publish({ type: 'job.changed', job: active.record.job })
  }

  #note(active: Active, level: LogLevel, text: string): void {
    const line: JobLogLine = { at: this.#now(), level, text }
    this.#options.store.append(active.record.job.id, line)
    this.#options.events.publish({ type: 'job.log', jobId: active.record.job.id, line })
  }

  async #finish(active: Active, result: unknown): Promise<void> {
    const ended = isOutcome(result) ? { ...result, error: null } : failure(result)
    if (ended.error) this.#note(active, 'error', ended.error.message)
    if (ended.error?.code === 'internal')
      this.#options.log.write('error', 'A job failed unexpectedly', { error: describe(result) })
    try {
      await this.#save(active, { ...ended, finishedAt: this.#now() })
    } catch (error) {
      this.#options.log.write('error', 'The end of a job could not be stored', { error: describe(error) })
    }
    this.#active.delete(active.record.job.id)
    active.settled.resolve(active.record.job)
    this.#next()
  }

  async #save(active: Active, change: Partial<Job>): Promise<void> {
    active.record = { ...active.record, job: { ...active.record.job, ...change } }
    await this.#options.store.save(active.record)
    this.#options.events.publish({ type: 'job.changed', job: active.record.job })
  }

  #now(): string {
    return this.#options.clock.now().toISOString()
  }
}

/** Whether a job's own error says what it left half done, which a cancellation must not hide. */
function isUnfinished(error: unknown): boolean {
  return error instanceof AppError && error.details?.['unfinished'] === true
}

function isOutcome(value: unknown): value is JobOutcome {
  return typeof value === 'object' && value !== null && 'state' in value && !(value instanceof Error)
}

function failure(error: unknown): Pick<Job, 'state' | 'error'> {
  const { code, message, details } = toWire(error)
  return {
    state: code === 'cancelled' ? 'cancelled' : 'failed',
    error: details === undefined ? { code, message } : { code, message, details: { ...details } },
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
