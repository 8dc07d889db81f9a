import { AppError, toWire } from '../../../shared/errors.ts'
import type { PrunePlan } from '../../../shared/model/prune.ts'
import type { Schedule } from '../../../shared/model/schedule.ts'
import { longestInterval } from '../../../shared/next-run.ts'
import type { BackupParts } from '../backups/backup-run.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { Job } from '../../../shared/model/job.ts'
import { clockIsDoubtful } from '../scheduler/clock-watch.ts'
import { isNamed } from '../scheduler/execute.ts'
import type { RunHistory } from '../scheduler/run-history.ts'
import { lookAndPlan, pruneDestination, type PruneParts } from './prune-destination.ts'

interface Parts {
  readonly backupParts: BackupParts
  readonly history: RunHistory
}

function pruneParts({ backupParts, history }: Parts): PruneParts {
  const { catalog, clock, log, space, profiles } = backupParts
  return {
    ...{ catalog, clock, log, space },
    factsOf: (schedule, { serverId, source }) => {
      const own = profiles.named(serverId)?.id ?? serverId
      const runs = history.of(schedule.id)
      const ended = runs
        .flatMap(({ sources }) => sources)
        .find((each) => each.serverId === own && each.source === source && each.state !== 'waiting')
      const interval = longestInterval(schedule, clock.now())
      const looked = runs.find(({ sources }) => sources.length > 0)
      return {
        lastRun: ended === undefined ? null : ended.state === 'succeeded' ? 'good' : 'not-good',
        clockJumped: clockIsDoubtful(history.read(), { scheduleId: schedule.id, interval }),
        vanished: looked?.vanished.some((name) => isNamed(name, { serverId: own, source }, runs)) ?? false,
      }
    },
  }
}

/** What a schedule's retention would do now at each of its destinations. */
export async function previewPrune(
  schedule: Schedule,
  parts: Parts,
  options: { readonly signal: AbortSignal },
): Promise<readonly PrunePlan[]> {
  const plans: PrunePlan[] = []
  for (const name of schedule.destinations) {
    await using destination = await parts.backupParts.destinations.connect(name, options)
    plans.push(await lookAndPlan({ destination, schedule }, pruneParts(parts), options))
  }
  return plans
}

/**
 * Queues a job that carries a schedule's retention out, one destination after the other; one that fails spoils no
 * other, and fails the job.
 */
export function startPrune(
  schedule: Schedule,
  parts: Parts & { readonly jobs: JobQueue },
  { confirmed }: { readonly confirmed: readonly string[] },
): Promise<Job> {
  return parts.jobs.start({
    ...{ kind: 'prune', title: schedule.name, request: null, lock: `prune/${schedule.id}` },
    run: async (job) => {
      const { signal } = job
      const failures: AppError[] = []
      for (const name of schedule.destinations) {
        try {
          await using destination = await parts.backupParts.destinations.connect(name, { signal })
          const plan = await lookAndPlan({ destination, schedule }, pruneParts(parts), { signal })
          const word = plan.confirm !== null && confirmed.includes(plan.confirm) ? plan.confirm : null
          await pruneDestination({ destination, schedule }, pruneParts(parts), {
            ...{ confirmed: word, signal },
            note: (text) => job.note('info', text),
          })
        } catch (error) {
          if (!(error instanceof AppError) || signal.aborted) throw error
          job.note('warning', `${name}: ${toWire(error).message}`)
          failures.push(error)
        }
      }
      const [first] = failures
      if (first) throw first
      return { state: 'succeeded', backupId: null, warnings: 0 }
    },
  })
}
