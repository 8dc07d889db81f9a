import type { AppError } from '../../../shared/errors.ts'
import type { Job, MissingCopy } from '../../../shared/model/job.ts'
import type { LogLevel } from '../ports.ts'

/** Raw counts; the job turns them into rate and time left. */
export interface ProgressCounts {
  readonly phase: string
  readonly bytes: number
  readonly items: number
  readonly current: string | null
}

/** What the counts are measured against; null where nobody knows. */
export interface ProgressTotals {
  readonly bytes: number | null
  readonly items: number | null
  /** Taken from sizes of another kind. Default false. */
  readonly approximate?: boolean
}

/** What a running job may use. */
export interface JobContext {
  readonly id: string
  /** The job's one signal. Everything that it starts listens to it. */
  readonly signal: AbortSignal
  note(level: LogLevel, text: string): void
  /** Throttled to 4 a second; call it as often as you like. */
  progress(counts: ProgressCounts): void
  expect(totals: ProgressTotals): void
  /** Remembers, in place of what it remembered before, where this job writes: the next start cleans up after a crash. */
  claimed(places: readonly Claim[]): Promise<void>
  /** Forgets all claims but `left`: the rest was finished or removed again. Stored with the job's end. */
  released(left: readonly Claim[]): void
}

/** An unfinished archive at a destination. */
export interface Claim {
  readonly destination: string
  readonly key: string
  /** The name was about to be claimed, and may be another run's. */
  readonly tried: boolean
}

/** How a job ended well. */
export interface JobOutcome {
  readonly state: 'succeeded' | 'partial'
  readonly backupId: string | null
  readonly warnings: number
  readonly missingCopies?: readonly MissingCopy[]
}

/** A job to run. */
export interface JobSpec {
  readonly kind: Job['kind']
  readonly title: string
  readonly request: Job['request']
  /** Jobs with the same lock never run at the same time. */
  readonly lock: string
  readonly run: (context: JobContext) => Promise<JobOutcome>
}

/** A job as it is stored: what everybody sees, and what only the next start needs. */
export interface JobRecord {
  readonly job: Job
  readonly claims: readonly Claim[]
}

/** The error of a job that a crash, a power cut or a closing program ended. */
export interface Interruption {
  readonly record: JobRecord
  readonly error: AppError
}
