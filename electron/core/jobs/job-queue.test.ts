import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AppError, cancellation } from '../../../shared/errors.ts'
import type { AppEvent } from '../../../shared/events.ts'
import { EventBus } from '../event-bus.ts'
import type { Clock } from '../ports.ts'
import type { JobContext, JobOutcome, JobSpec } from './job-context.ts'
import { JobQueue } from './job-queue.ts'
import { JobStore } from './job-store.ts'
import { recoverJobs } from './recover.ts'

const log = { write: () => undefined }
let milliseconds = 0
const clock: Clock = {
  now: () => new Date('2026-04-08T02:00:00Z'),
  monotonic: () => (milliseconds += 100),
  sleep: () => Promise.resolve(),
}
const good: JobOutcome = { state: 'succeeded', backupId: null, warnings: 0 }

async function open(folder?: string) {
  const store = await JobStore.open(folder ?? (await mkdtemp(join(tmpdir(), 'jobs-'))), { log })
  const events = new EventBus()
  const seen: AppEvent[] = []
  events.subscribe((event) => seen.push(event), { after: null })
  return { store, seen, queue: new JobQueue({ clock, log, events, store, parallel: 2 }) }
}

function spec(lock: string, run: (context: JobContext) => Promise<JobOutcome>): JobSpec {
  return { kind: 'backup', title: lock, request: null, lock, run }
}

test('two jobs with the same lock never run at the same time, another one passes them', async () => {
  const { queue } = await open()
  const order: string[] = []
  const gate = Promise.withResolvers<undefined>()
  const first = await queue.start(
    spec('a', async () => {
      order.push('a1')
      await gate.promise
      order.push('a1 ends')
      return good
    }),
  )
  const second = await queue.start(
    spec('a', () => {
      order.push('a2')
      return Promise.resolve(good)
    }),
  )
  const other = await queue.start(
    spec('b', () => {
      order.push('b')
      return Promise.resolve(good)
    }),
  )
  await queue.settled(other.id)
  gate.resolve(undefined)
  await Promise.all([queue.settled(first.id), queue.settled(second.id)])
  expect(order).toEqual(['a1', 'b', 'a1 ends', 'a2'])
})

test('cancelling a running job aborts its signal and ends it as cancelled, a queued one at once', async () => {
  const { queue, store } = await open()
  const started = Promise.withResolvers<undefined>()
  const run = ({ signal }: JobContext) =>
    new Promise<JobOutcome>((_, reject) => {
      started.resolve(undefined)
      signal.addEventListener('abort', () => reject(cancellation(signal)))
    })
  const running = await queue.start(spec('a', run))
  const queued = await queue.start(spec('a', run))
  await started.promise
  await queue.cancel(queued.id)
  expect((await queue.cancel(running.id)).state).toBe('cancelling')
  const ends = [await queue.settled(running.id), await queue.settled(queued.id)]
  expect(ends.map(({ state, error }) => [state, error?.code])).toEqual([
    ['cancelled', 'cancelled'],
    ['cancelled', 'cancelled'],
  ])
  expect(store.get(running.id)?.job.state).toBe('cancelled')
})

test('a cancelled job that left something half done says so, and no other error hides the cancellation', async () => {
  const { queue } = await open()
  const begin = async (error: AppError) => {
    const started = Promise.withResolvers<undefined>()
    const job = await queue.start(
      spec('a', ({ signal }) => {
        started.resolve(undefined)
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(error)))
      }),
    )
    await started.promise
    await queue.cancel(job.id)
    return (await queue.settled(job.id)).error
  }
  const halfDone = new AppError('partial', 'Half of it is there.', { details: { unfinished: true } })
  expect(await begin(halfDone)).toMatchObject({ code: 'partial', message: 'Half of it is there.' })
  expect(await begin(new AppError('remote-failed', 'tar was ended'))).toMatchObject({ code: 'cancelled' })
})

test('a failure keeps its code, an unknown one shows no inner text', async () => {
  const { queue } = await open()
  const full = await queue.start(spec('a', () => Promise.reject(new AppError('no-space', 'Full.'))))
  const bug = await queue.start(spec('b', () => Promise.reject(new TypeError('secret inside'))))
  const ends = [await queue.settled(full.id), await queue.settled(bug.id)]
  expect(ends.map(({ error }) => error?.code)).toEqual(['no-space', 'internal'])
  expect(ends[1]?.error?.message).not.toContain('secret')
})

test('progress is reported at most four times a second, with a rate and the time left', async () => {
  const { queue, seen } = await open()
  const job = await queue.start(
    spec('a', (context) => {
      context.expect({ bytes: 1000, items: null })
      for (let bytes = 0; bytes <= 500; bytes += 50)
        context.progress({ phase: 'files', bytes, items: 1, current: null })
      return Promise.resolve(good)
    }),
  )
  await queue.settled(job.id)
  const reports = seen.flatMap((event) =>
    event.type === 'job.changed' && event.job.progress && event.job.state === 'running'
      ? [event.job.progress]
      : [],
  )
  expect(reports.length).toBe(4)
  expect(reports.at(-1)).toMatchObject({ bytes: 450, rate: 500, secondsLeft: 1, totalBytes: 1000 })
})

test('after a crash a running job is told as interrupted and its claims are cleaned', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'jobs-'))
  const { queue } = await open(folder)
  const claimed = Promise.withResolvers<undefined>()
  const job = await queue.start(
    spec('a', async (context) => {
      await context.claimed([{ destination: 'here', key: 'x.partial', tried: false }])
      claimed.resolve(undefined)
      return new Promise(() => undefined)
    }),
  )
  await claimed.promise
  const later = await open(folder)
  const cleaned: string[] = []
  await recoverJobs(later.store, {
    clock,
    clean: ({ key }) => {
      cleaned.push(key)
      return Promise.resolve(true)
    },
    explain: ({ title }) => `${title} was interrupted`,
  })
  const error = { code: 'interrupted', message: 'a was interrupted' }
  expect(later.queue.get(job.id)).toMatchObject({ state: 'failed', error })
  expect(cleaned).toEqual(['x.partial'])
})

test('closing interrupts what runs and refuses what comes', async () => {
  const { queue } = await open()
  const job = await queue.start(
    spec(
      'a',
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(cancellation(signal)))),
    ),
  )
  await queue[Symbol.asyncDispose]()
  expect(queue.get(job.id)).toMatchObject({ state: 'failed', error: { code: 'interrupted' } })
  await expect(queue.start(spec('b', () => Promise.resolve(good)))).rejects.toMatchObject({ code: 'busy' })
})
