import type { Backup } from '../../../shared/model/backup.ts'
import type { RunHistory } from './run-history.ts'
import { stateOf } from './run-state.ts'

/**
 * Notes that all copies are there of a backup that a run left without some. The run is done where nothing else was the
 * matter with it.
 */
export async function noteLateCopies(history: RunHistory, { id, result }: Backup): Promise<void> {
  if (result !== 'succeeded') return
  const run = history
    .read()
    .runs.find(({ sources }) => sources.some(({ backupId, state }) => backupId === id && state === 'partial'))
  if (run === undefined) return
  await history.changeRun(run.id, (now) => {
    const sources = now.sources.map((each) =>
      each.backupId === id ? { ...each, state: 'succeeded' as const, error: null } : each,
    )
    if (now.finishedAt === null) return { ...now, sources }
    const state = stateOf(sources)
    return { ...now, sources, state, error: state === 'done' ? null : now.error }
  })
}
