import { dayMarks } from '../../../shared/day-marks.ts'
import { unreachable } from '../../../shared/errors.ts'
import { plural } from '../../../shared/format.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import type { SourceSizes, SourceStanding } from '../../../shared/model/fleet.ts'
import type { Job } from '../../../shared/model/job.ts'
import type { Source } from '../../../shared/model/source.ts'
import {
  countMissing,
  protectionOf,
  type Protection,
  type ProtectionFacts,
} from '../../../shared/protection.ts'

/** Everything that is known of one source. */
export interface SourceFacts {
  readonly name: string
  /** As the last look found it; null where only backups are left. */
  readonly source: Source | null
  readonly backups: readonly Backup[]
  /** Its backup jobs, newest first. */
  readonly jobs: readonly Job[]
}

export interface StandingOptions extends Pick<ProtectionFacts, 'offServer' | 'mayBeOld' | 'tooSmall'> {
  readonly now: Date
  readonly days: number
  readonly timeZone: string
}

const day = 86_400_000

function intact(newest: Backup | null): string {
  return newest === null ? 'There is no earlier full backup.' : `${newest.name} is intact.`
}

function missing({ components }: Backup): string {
  const names = components.filter(({ status }) => status === 'missing').map(({ name }) => name)
  return names.length === 0 ? 'some files' : names.join(', ')
}

/** Why somebody must look, as sentences; null where nobody must. */
function why({ state, newest, failed }: Protection, now: Date): string | null {
  switch (state) {
    case 'protected':
    case 'running':
      return null
    case 'blocked':
    case 'failed':
      return `The last backup stopped. ${failed?.error?.message ?? ''} ${intact(newest)}`.replace(/ +/g, ' ')
    case 'never':
      return 'It has no full backup yet.'
    case 'partial':
      return `The newest full backup is missing ${newest === null ? 'something' : missing(newest)}.`
    case 'stale': {
      const age = newest === null ? 0 : Math.floor((now.getTime() - Date.parse(newest.startedAt)) / day)
      return `The newest full backup is ${plural(age, 'day')} old.`
    }
    case 'not-verified':
      return 'Nobody has read the newest full backup back yet.'
    case 'not-off-server':
      return 'Its only copy lies on the server itself. A backup kept on the server it came from is lost with it.'
    case 'too-small':
      return 'The newest full backup is less than half as large as those before. Look at what is missing, or accept it.'
    default:
      return unreachable(state)
  }
}

function sum(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((total, each) => total + each, 0)
}

function sizesOf(source: Source | null, newest: Backup | null): SourceSizes {
  const backedUp = (kinds: readonly string[], pick: 'bytes' | 'items') =>
    sum((newest?.components ?? []).filter(({ kind }) => kinds.includes(kind)).map((each) => each[pick]))
  return {
    files: backedUp(['files', 'paths'], 'bytes') ?? source?.homeBytes ?? null,
    databases:
      backedUp(['mysql', 'postgresql'], 'bytes') ?? sum((source?.databases ?? []).map(({ bytes }) => bytes)),
    email: backedUp(['mail'], 'bytes'),
    cronJobs: backedUp(['cron'], 'items') ?? (source !== null && !source.hasCrontab ? 0 : null),
  }
}

/** One row of the fleet. Decides nothing by itself that a schedule, a plan or the network would have to say. */
export function sourceStanding(facts: SourceFacts, options: StandingOptions): SourceStanding {
  const { source, backups, jobs } = facts
  const protection = protectionOf({ ...facts, ...options })
  const { state, newest, running, failed } = protection
  return {
    name: facts.name,
    kind: source?.kind ?? newest?.kind ?? backups[0]?.kind ?? 'account',
    about: source?.domains[0] ?? null,
    onServer: source !== null,
    ...{ state, protected: protection.protected },
    why: why(protection, options.now),
    newest:
      newest === null
        ? null
        : {
            ...{ id: newest.id, name: newest.name, at: newest.startedAt },
            bytes: Math.max(0, ...newest.copies.map(({ size }) => size)),
            ...{ copies: newest.copies, missing: newest.missing },
          },
    missingCopies: countMissing(backups),
    sizes: sizesOf(source, newest),
    running: running === null ? null : { job: running.id, scope: running.request?.scope ?? 'full' },
    failed: failed === null ? null : { job: failed.id, at: failed.finishedAt ?? failed.createdAt },
    days: dayMarks({ backups, jobs }, options),
  }
}
