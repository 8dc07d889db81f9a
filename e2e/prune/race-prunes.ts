import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { BucketPlace } from '../../electron/core/destinations/s3/bucket-place.ts'
import { openS3Destination } from '../../electron/core/destinations/s3/s3.ts'
import { keepLast, TestPlace } from '../../electron/core/prune/test-place.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import { labOptions } from '../lab/s3-place.ts'

/** What a racer is told: where, the time of its clock, and how many newest backups the policy keeps. */
export interface Round {
  readonly place: BucketPlace
  readonly now: string
  readonly keep: number
}
export type RoundEnd = 'pruned' | ErrorCode

/** What a number of races came to. */
export interface RaceAccount {
  readonly races: number
  /** Ends of the two processes that were not refused. */
  pruned: number
  refused: number
  /** Races in which both were refused, so that the next run does it. */
  bothRefused: number
  /** Ends that are neither. */
  failed: number
  /** Races after which something was gone that the policy keeps, or was still there after one more run. */
  violations: number
}

const { signal } = new AbortController()
/** Two of eight go: more of a series at once would wait for a person. */
const days = 8
const keep = 6

/** A bucket's prefix with backups of eight days, of which the oldest two were announced more than a week ago. */
async function fill(place: BucketPlace): Promise<Date> {
  const made = new TestPlace()
  for (let ago = days - 1; ago >= 0; ago -= 1) await made.store(ago)
  await made.prune(keepLast(keep))
  made.later(8)
  await using destination = openS3Destination(place, labOptions)
  await Promise.all(
    [...made.place].map(([key, { bytes }]) => destination.put(key, bytes, { signal, replace: true })),
  )
  return made.now
}

/** Dates of the backups there that have all their objects, newest first, and of those that have some. */
async function left(place: BucketPlace) {
  await using destination = openS3Destination(place, labOptions)
  const objects = new Map<string, number>()
  for await (const { key } of destination.list('', { signal })) {
    const date = /alice_(\d{4}-\d\d-\d\d)\.(manifest|tar|index)/.exec(key)?.[1]
    if (date !== undefined) objects.set(date, (objects.get(date) ?? 0) + 1)
  }
  const dates = [...objects.keys()].sort().reverse()
  return { whole: dates.filter((date) => objects.get(date) === 3), some: dates }
}

async function ask(racer: ChildProcess, round: Round): Promise<RoundEnd> {
  racer.send(round)
  const [end] = (await once(racer, 'message')) as [RoundEnd]
  return end
}

/** Lets two processes prune below one prefix of a bucket at the same time, again and again. */
export async function racePrunes(place: BucketPlace, races: number): Promise<RaceAccount> {
  const racers = [0, 1].map(() => fork(join(import.meta.dirname, 'racer.ts')))
  const account = { races, pruned: 0, refused: 0, bothRefused: 0, failed: 0, violations: 0 }
  const expected = Array.from({ length: keep }, (_, ago) => `2026-04-0${8 - ago}`)
  try {
    for (let race = 0; race < races; race += 1) {
      const own = { ...place, prefix: `race-${race}` }
      const round: Round = { place: own, now: (await fill(own)).toISOString(), keep }
      const ends = await Promise.all(racers.map((racer) => ask(racer, round)))
      account.pruned += ends.filter((end) => end === 'pruned').length
      account.refused += ends.filter((end) => end === 'busy').length
      account.failed += ends.filter((end) => end !== 'pruned' && end !== 'busy').length
      const { whole } = await left(own)
      const lost = expected.some((date) => !whole.includes(date))
      if (!ends.includes('pruned')) {
        account.bothRefused += 1
        await ask(racers[0]!, round)
      }
      const { some } = await left(own)
      if (lost || some.join() !== expected.join()) account.violations += 1
    }
  } finally {
    for (const racer of racers) racer.kill()
  }
  return account
}
