import type { Alert, AlertKind } from '../../../shared/model/alert.ts'
import { plural } from '../../../shared/format.ts'
import type { ScheduleRun, SourceRun } from '../../../shared/model/schedule-run.ts'

/** An alert before it has an id and a time, and what it is about: that is told once. */
export interface Finding {
  readonly about: string
  readonly alert: Omit<Alert, 'id' | 'at'> & { readonly kind: AlertKind }
}

const ofSource = ({ server, source, state, error }: SourceRun): Alert['sources'][number] => ({
  ...{ server, source },
  message:
    error?.message ??
    (state === 'partial' ? 'Something is missing from its backup.' : 'It was not backed up.'),
})

/** What a run that ended has to tell, or null where it went well or nothing is to be said. */
export function findingOfRun(run: ScheduleRun): Finding | null {
  const { schedule } = run
  const bad = run.sources.filter(({ state }) => state === 'failed' || state === 'partial').map(ofSource)
  const good = run.sources.filter(({ state }) => state === 'succeeded').length
  const counts = `${good} of ${plural(run.sources.length, 'source')} backed up whole.`
  const about = `run/${run.id}`
  switch (run.state) {
    case 'failed':
      return {
        about,
        alert: {
          ...{ kind: 'failed', title: `${schedule} failed`, schedule, sources: bad },
          message: `${run.error?.message ?? counts}\nEarlier backups are untouched.`,
        },
      }
    case 'partial':
      return {
        about,
        alert: {
          ...{ kind: 'partial', title: `${schedule} finished with gaps`, schedule, sources: bad },
          message: `${counts}\nWhat could be read is kept; earlier backups are untouched.`,
        },
      }
    case 'missed':
      return {
        about,
        alert: {
          kind: 'overdue',
          title: `${plural(run.count, 'run')} of ${schedule} ${run.count === 1 ? 'was' : 'were'} missed`,
          message:
            'The computer slept, was off, or Holdfast did not run. The schedule waits for its next time; earlier backups are untouched.',
          ...{ schedule, sources: [] },
        },
      }
    case 'done':
    case 'waiting':
    case 'running':
    case 'skipped':
      return null
  }
}

/** A source that has no backup that is young enough, or whose newest is suspiciously small. */
export interface Troubled {
  readonly kind: 'overdue' | 'size-drop'
  readonly about: string
  readonly server: string
  readonly source: string
  /** ISO 8601; null where there never was one. */
  readonly newest: string | null
}

/** One alert for all sources that are troubled in the same way since the last look; null where there is none. */
export function alertOfTroubled(
  kind: Troubled['kind'],
  troubled: readonly Troubled[],
): Finding['alert'] | null {
  const own = troubled.filter((each) => each.kind === kind)
  const [first] = own
  if (first === undefined) return null
  const one = own.length === 1
  const who = one ? `${first.server}/${first.source}` : plural(own.length, 'source')
  const sources = own.map(({ server, source, newest }) => ({
    ...{ server, source },
    message:
      newest === null ? 'It has no full backup.' : `Its newest full backup is of ${newest.slice(0, 16)}Z.`,
  }))
  if (kind === 'overdue')
    return {
      ...{ kind, title: `${who} ${one ? 'has' : 'have'} no recent backup`, schedule: null, sources },
      message: 'The newest full backup is older than its schedule allows. Earlier backups are untouched.',
    }
  return {
    ...{ kind, title: `The newest backup of ${who} is much smaller than before`, schedule: null, sources },
    message:
      'It is less than half as large as those before, so it counts for nothing and nothing older is removed. Look what is gone; where the size is right, say so with holdfast accept-size.',
  }
}

/** The alert as plain text, for a mail. */
export function plainText({ title, message, sources, at }: Alert): string {
  const lines = sources.map(({ server, source, message: why }) => `- ${server}/${source}: ${why}`)
  const list = lines.length > 0 ? `\n\n${lines.join('\n')}` : ''
  return `${title}\n\n${message}${list}\n\n${at.slice(0, 16)}Z, Holdfast\n`
}
