import type { Job } from '../../shared/model/job.ts'
import type { StatusState } from './ui/status/status-state.ts'

/** The shape and colour of a job's state. */
export const jobMarks = {
  queued: 'idle',
  running: 'run',
  cancelling: 'run',
  succeeded: 'held',
  partial: 'warn',
  failed: 'fail',
  cancelled: 'idle',
} as const satisfies Record<Job['state'], StatusState>

/** A job's state in words. */
export const jobStateWords = {
  queued: 'Waiting',
  running: 'Running',
  cancelling: 'Being cancelled',
  succeeded: 'Done',
  partial: 'Something is missing',
  failed: 'Failed',
  cancelled: 'Cancelled',
} as const satisfies Record<Job['state'], string>
