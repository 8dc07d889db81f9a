import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { writeState, emptyState } from '../../../electron/core/backups/stored-backup.ts'
import {
  startFaultServer,
  type FaultRules,
  type FaultServer,
} from '../../../electron/core/destinations/s3/testing/fault-server.ts'
import { openBucketOn } from '../../../electron/core/destinations/s3/testing/open-bucket.ts'
import { TestPlace } from '../../../electron/core/prune/test-place.ts'
import type { PruneOrder } from './pruner.program.ts'

/** How races ended. */
export interface RaceFigures {
  races: number
  /** One process removed and the other was refused, or came after it. */
  oneRemoved: number
  /** Both saw each other and let go. */
  bothLetGo: number
  /** Races after which more was gone, or announced, than the policy says. */
  tooMuch: number
  /** Races after which one more run left something undone. */
  tooLittle: number
}

const options = { signal: new AbortController().signal }
const keep = 3
const days = [0, 1, 2, 3, 4]
const folder = 'lab-00000000/accounts/alice'

const told = async (child: ChildProcess) => ((await once(child, 'message')) as [string])[0]

async function startPruner(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'pruner.program.ts'))
  await told(child)
  return child
}

/** Five backups, of which the policy announces one, and removes the oldest, which was announced nine days ago. */
async function fill(server: FaultServer, prefix: string): Promise<TestPlace> {
  const place = new TestPlace()
  for (const daysAgo of days) await place.store(daysAgo)
  await using bucket = openBucketOn(server, { prefix })
  for (const [key, { bytes }] of place.place) await bucket.put(key, bytes, options)
  const tombstone = { at: new Date(place.now.getTime() - 9 * 86_400_000).toISOString() }
  await writeState(bucket, `${folder}/alice_2026-04-04`, { ...emptyState, tombstone }, options)
  return place
}

/** What of the place is gone and announced, as dates. */
function outcome(server: FaultServer, prefix: string) {
  const here = [...server.objects.keys()].filter((key) => key.startsWith(prefix))
  const dates = (ending: string) =>
    here
      .flatMap((key) => (key.endsWith(ending) ? [key.slice(-ending.length - 10, -ending.length)] : []))
      .sort()
  return {
    manifests: dates('.manifest.json').join(),
    archives: dates('.tar.gz').join(),
    states: dates('.state.json').join(),
  }
}

const kept = '2026-04-05,2026-04-06,2026-04-07,2026-04-08'
const done = { manifests: kept, archives: kept, states: '2026-04-04,2026-04-05' }
/** Nothing that was to stay is gone or announced. */
const isWithin = ({ manifests, archives, states }: typeof done) =>
  manifests.endsWith(kept) && archives.endsWith(kept) && done.states.startsWith(states)

/** So many races of two processes that remove at one bucket, at the same time. */
export async function racePruners(
  races: number,
  conditional: FaultRules['conditional'],
): Promise<RaceFigures> {
  await using server = await startFaultServer({ conditional, plainChecksumsOnly: true })
  const pruners = await Promise.all([startPruner(), startPruner()])
  const figures = { races, oneRemoved: 0, bothLetGo: 0, tooMuch: 0, tooLittle: 0 }
  try {
    for (let race = 0; race < races; race += 1) {
      const prefix = `race${race}/`
      const { now } = await fill(server, prefix)
      const order: PruneOrder = {
        ...{ endpoint: server.endpoint, prefix, keep, now: now.toISOString() },
        conditionalWrites: conditional === 'works',
      }
      const send = async (pruner: ChildProcess) => {
        const answer = told(pruner)
        pruner.send(order)
        return answer
      }
      const answers = await Promise.all(pruners.map(send))
      if (!answers.every((answer) => answer === 'done' || answer === 'busy'))
        throw new Error(`A race ended with ${answers.join(' and ')}.`)
      if (answers.includes('done')) figures.oneRemoved += 1
      else figures.bothLetGo += 1
      if (!isWithin(outcome(server, prefix))) figures.tooMuch += 1
      const last = pruners[race % 2]
      if (last && (await send(last)) !== 'done') figures.tooLittle += 1
      const after = outcome(server, prefix)
      if (JSON.stringify(after) !== JSON.stringify(done)) {
        if (isWithin(after)) figures.tooLittle += 1
        else figures.tooMuch += 1
      }
      for (const key of [...server.objects.keys()]) server.objects.delete(key)
    }
    return figures
  } finally {
    for (const pruner of pruners) pruner.kill()
  }
}
