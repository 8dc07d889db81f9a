import type { RestoreStep } from '../../../shared/model/restore-plan.ts'

/** Work that goes on at the same time: what is in one lane is done in order. */
export type Lane = 'files' | 'databases'

/**
 * The lane in which a step is prepared; null for one that waits for all before it and that all after it wait for. A
 * database that is restored in place keeps what it saves in the home, which must stand still then.
 */
export function laneOf(step: RestoreStep): Lane | null {
  if (step.kind === 'put-tree') return 'files'
  if (step.kind === 'database-server') return 'databases'
  return step.kind === 'import-database' && step.method === 'swap' ? 'databases' : null
}

/** The lane in which a step is checked, where all only reads. */
export function checkLaneOf({ kind }: RestoreStep): Lane {
  return kind === 'database-server' || kind === 'import-database' ? 'databases' : 'files'
}

/** Steps in the order of the plan, those of neighbouring lanes beside each other. */
export function inLanes(
  steps: readonly RestoreStep[],
  lane: (step: RestoreStep) => Lane | null,
): readonly (readonly (readonly RestoreStep[])[])[] {
  const batches: Map<Lane | null, RestoreStep[]>[] = []
  for (const step of steps) {
    const key = lane(step)
    const last = batches.at(-1)
    const joins = last !== undefined && key !== null && !last.has(null)
    const batch = joins ? last : new Map<Lane | null, RestoreStep[]>()
    if (!joins) batches.push(batch)
    const beside = batch.get(key)
    if (beside === undefined) batch.set(key, [step])
    else beside.push(step)
  }
  return batches.map((batch) => [...batch.values()])
}

/**
 * Works through lanes at the same time. Where one fails the others are ended by the signal, and this throws the first
 * error when all have stopped.
 */
export async function sideBySide(
  lanes: readonly (readonly RestoreStep[])[],
  work: (step: RestoreStep, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController()
  const failed: { readonly error: unknown }[] = []
  await Promise.all(
    lanes.map(async (lane) => {
      try {
        for (const step of lane) {
          if (failed.length === 0) await work(step, stop.signal)
        }
      } catch (error) {
        failed.push({ error })
        stop.abort(error)
      }
    }),
  )
  const [first] = failed
  if (first !== undefined) throw first.error
}
