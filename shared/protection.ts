import { isVerified } from './day-marks.ts'
import { unreachable } from './errors.ts'
import type { Backup } from './model/backup.ts'
import type { SourceState } from './model/fleet.ts'
import type { Job } from './model/job.ts'

/** A source without a schedule is stale after seven days. */
export const staleAfter = 7 * 86_400_000

/** Why a source is not protected. */
export type Unprotected = Exclude<SourceState, 'protected' | 'running' | 'failed' | 'blocked'>

/** What protection is decided by. */
export interface ProtectionFacts {
  /** All backups of the source. */
  readonly backups: readonly Backup[]
  /** Its backup jobs, newest first. */
  readonly jobs: readonly Job[]
  /** Whether a destination lies on another machine than the source. */
  readonly offServer: (destination: string) => boolean
  readonly now: Date
  /** How old the newest backup may be, in milliseconds. */
  readonly mayBeOld: number
  /** Ids of backups that are much smaller than those before them, which nobody has accepted. */
  readonly tooSmall: ReadonlySet<string>
}

/** How a source stands, and by which backup and which run. */
export interface Protection {
  readonly state: SourceState
  readonly protected: boolean
  readonly newest: Backup | null
  readonly running: Job | null
  readonly failed: Job | null
}

const hostKeyCodes: readonly string[] = ['host-key-changed', 'host-key-revoked']

/** Backups that stand for the source: full ones, not of single items, that a person or a schedule asked for. */
function newestFull(backups: readonly Backup[]): Backup | null {
  return backups
    .filter(({ scope, only }) => scope === 'full' && only.length === 0)
    .filter(({ trigger }) => trigger === 'scheduled' || trigger === 'on-demand')
    .reduce<Backup | null>(
      (newest, each) => (newest === null || each.startedAt > newest.startedAt ? each : newest),
      null,
    )
}

/** What keeps the backups of a source from protecting it, worst first; empty where nothing does. */
export function unprotectedBy(facts: Omit<ProtectionFacts, 'jobs'>): readonly Unprotected[] {
  const newest = newestFull(facts.backups)
  if (newest === null) return ['never']
  const { now, offServer, mayBeOld, tooSmall } = facts
  const found: Unprotected[] = []
  if (newest.result === 'partial') found.push('partial')
  if (now.getTime() - Date.parse(newest.startedAt) > mayBeOld) found.push('stale')
  if (!isVerified(newest)) found.push('not-verified')
  else if (!newest.copies.some(({ destination }) => offServer(destination))) found.push('not-off-server')
  if (tooSmall.has(newest.id)) found.push('too-small')
  return found
}

/** How many copies backups lack that are still to be made. */
export function countMissing(backups: readonly Backup[]): number {
  return backups.reduce((sum, { missing }) => sum + missing.length, 0)
}

/** What is not as it should be, as a sentence. */
export function describeUnprotected(reason: Unprotected): string {
  switch (reason) {
    case 'never':
      return 'There is no full backup.'
    case 'partial':
      return 'The newest full backup is partial.'
    case 'not-verified':
      return 'No copy of the newest full backup is verified.'
    case 'not-off-server':
      return 'The newest full backup has no copy off its server.'
    case 'stale':
      return 'The newest full backup is older than it may be.'
    case 'too-small':
      return 'The newest full backup is less than half as large as those before.'
    default:
      return unreachable(reason)
  }
}

/** The one definition of protected, and the state that a row shows. */
export function protectionOf(facts: ProtectionFacts): Protection {
  const newest = newestFull(facts.backups)
  const standing = unprotectedBy(facts)[0] ?? 'protected'
  const running = facts.jobs.find(({ state }) => state === 'running' || state === 'cancelling') ?? null
  const last = facts.jobs.find(({ finishedAt }) => finishedAt !== null)
  const since = newest === null || (last?.createdAt ?? '') > newest.startedAt
  const failed = last?.state === 'failed' && since ? last : null
  const blocked = failed !== null && hostKeyCodes.includes(failed.error?.code ?? '')
  const active = running === null ? standing : 'running'
  const state = blocked ? 'blocked' : failed !== null && running === null ? 'failed' : active
  return { state, protected: standing === 'protected' && failed === null, newest, running, failed }
}
