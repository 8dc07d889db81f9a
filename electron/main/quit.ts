import type { Job } from '../../shared/model/job.ts'
import { plural } from '../../shared/format.ts'
import { percentDone } from './active-jobs.ts'

export interface QuitQuestion {
  readonly message: string
  readonly detail: string
  /** The first keeps running and is what Escape means. */
  readonly buttons: readonly [string, string]
}

/** What is asked before a job is interrupted; null where none runs. */
export function quitQuestion(jobs: readonly Pick<Job, 'title' | 'kind' | 'progress'>[]): QuitQuestion | null {
  const [job] = jobs
  if (job === undefined) return null
  const percent = percentDone(job)
  const how = percent === null ? 'is under way' : `is ${percent} % done`
  const restores = jobs.some(({ kind }) => kind === 'restore' || kind === 'undo' || kind === 'rollback')
  return {
    message: jobs.length === 1 ? `${job.title} ${how}.` : `${plural(jobs.length, 'job')} are under way.`,
    detail: restores
      ? 'A restore that is interrupted can be gone on with or taken back at the next start. Earlier backups are untouched.'
      : 'What it has so far is discarded. Earlier backups are untouched.',
    buttons: ['Keep running', restores ? 'Quit and interrupt it' : 'Quit and discard it'],
  }
}
