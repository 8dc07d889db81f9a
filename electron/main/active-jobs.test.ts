import { expect, test } from 'vitest'
import type { Job } from '../../shared/model/job.ts'
import { ActiveJobs, percentDone } from './active-jobs.ts'

const job = (id: string, finishedAt: string | null = null) => ({ id, finishedAt }) as Job
const ids = (jobs: ActiveJobs) => jobs.list.map(({ id }) => id)

test('a list does not undo what events told while it was on its way', () => {
  const jobs = new ActiveJobs()
  jobs.take({ seq: 1, type: 'job.changed', job: job('gone') })
  const replace = jobs.beginReplacing()
  jobs.take({ seq: 2, type: 'job.changed', job: job('new') })
  jobs.take({ seq: 3, type: 'job.changed', job: job('ended', '2026-04-08T00:00:00.000Z') })
  replace([job('ended'), job('old')])
  expect(ids(jobs)).toEqual(['new', 'old'])
})

test('a job without a known size has no percentage, and none is done before it has ended', () => {
  const progress = (bytes: number, totalBytes: number | null) => ({ progress: { bytes, totalBytes } }) as Job
  expect(
    [progress(5, null), progress(5, 0), progress(999, 1000), progress(2000, 1000)].map(percentDone),
  ).toEqual([null, null, 99, 99])
})
