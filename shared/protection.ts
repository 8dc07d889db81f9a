import { isVerified } from './day-marks.ts'
import type { Backup } from './model/backup.ts'
import type { SourceState } from './model/fleet.ts'
import type { Job } from './model/job.ts'

/** A source without a schedule is stale after seven days. */
export const staleAfter = 7 * 86_400_000

/** What protection is decided by. */
export interface ProtectionFacts {
  /** All backups of the source. */
  readonly backups: readonly Backup[]
  /** Its backup jobs, newest first. */
  readonly jobs: readonly Job[]
  /** Whether a destination lies on another machine than the source. */
  readonly offServer: (destination: string) => boolean
  readonly now: Date
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

/** What keeps a backup from protecting its source, the first that holds; `protected` where nothing does. */
function standingOf(newest: Backup | null, { now, offServer }: ProtectionFacts): SourceState {
  if (newest === null) return 'never'
  if (newest.result === 'partial') return 'partial'
  if (now.getTime() - Date.parse(newest.startedAt) > staleAfter) return 'stale'
  if (!isVerified(newest)) return 'not-verified'
  if (!newest.copies.some(({ destination }) => offServer(destination))) return 'not-off-server'
  return 'protected'
}

/** The one definition of protected, and the state that a row shows. */
export function protectionOf(facts: ProtectionFacts): Protection {
  const newest = newestFull(facts.backups)
  const standing = standingOf(newest, facts)
  const running = facts.jobs.find(({ state }) => state === 'running' || state === 'cancelling') ?? null
  const last = facts.jobs.find(({ finishedAt }) => finishedAt !== null)
  const since = newest === null || (last?.createdAt ?? '') > newest.startedAt
  const failed = last?.state === 'failed' && since ? last : null
  const blocked = failed !== null && hostKeyCodes.includes(failed.error?.code ?? '')
  const active = running === null ? standing : 'running'
  const state = blocked ? 'blocked' : failed !== null && running === null ? 'failed' : active
  return { state, protected: standing === 'protected' && failed === null, newest, running, failed }
}
