import { advise, type Remedy } from '../../../shared/advice.ts'
import type { Way } from '../../../shared/model/advice.ts'
import type { Job } from '../../../shared/model/job.ts'
import { isThrowaway } from '../../../shared/throwaway.ts'
import type { RestoreJournals } from './journal.ts'
import type { ServerJournals } from './whole-server/server-journal.ts'

interface Journals {
  readonly journals: Pick<RestoreJournals, 'find' | 'list'>
  readonly serverJournals: Pick<ServerJournals, 'find'>
}

/** How far an unfinished restore came, and the commands that go on with it or take it back; null where it has ended. */
export function unfinishedRestore(id: string, { journals, serverJournals }: Journals): Remedy | null {
  const resume: Way = { way: 'resume', job: id }
  const rollback: Way = { way: 'rollback', job: id }
  const server = serverJournals.find(id)?.entry
  if (server?.phase === 'running') {
    const done = Object.values(server.accounts).filter(({ state }) => state === 'done').length
    return advise`The restore of ${server.request.from} to ${server.request.to} stopped after ${String(done)} of ${String(server.plan.accounts.length)} accounts, which stay. Now go on ${resume}, or take it back ${rollback}`
  }
  const entry = journals.find(id)?.entry
  if (entry === undefined) return null
  const to = `${entry.request.to.server}/${entry.request.to.account}`
  if (entry.phase === 'committing') {
    return advise`The restore to ${to} is done and checked; only what was there before is still on the server. Now go on ${resume}`
  }
  if (entry.phase !== 'running') return null
  if (isThrowaway(entry.request.to.account)) {
    return advise`A drill on ${entry.request.to.server} was interrupted, and its throwaway account ${entry.request.to.account} is still there. Nothing else was touched. Remove it ${rollback}`
  }
  return advise`The restore to ${to} was interrupted in the middle. What was there before is safe on the server. Now go on ${resume}, or take it back ${rollback}`
}

/** What to say of a job that works on a target and that ended with its process; null for jobs of other kinds. */
export function interruptedRestore(
  { id, kind }: Pick<Job, 'id' | 'kind'>,
  all: Journals,
): string | Remedy | null {
  if (kind === 'backup' || kind === 'verify') return null
  const own = unfinishedRestore(id, all)
  if (own !== null) return own
  const ended = all.journals.find(id)?.entry.phase
  if (ended === 'restored') return 'Holdfast ended just when this restore was done; its report is whole.'
  if (ended === 'rolled-back')
    return 'Holdfast ended just when this was taken back; everything is as it was before.'
  if (kind === 'restore' || kind === 'drill') {
    return 'Holdfast ended before anything at the target was changed. Start it again.'
  }
  return 'Holdfast ended while this ran. What it works on still says what is left of it; start it again.'
}
