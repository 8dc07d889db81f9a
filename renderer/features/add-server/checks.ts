import { formatBytes, plural } from '../../../shared/format.ts'
import { databaseWords, panelName } from '../../lib/server-words.ts'
import type { Survey } from '../../../shared/model/server.ts'
import type { Discovery } from '../../../shared/model/source.ts'

/** One thing that was looked at. `idle`: it is not there, or nobody knows yet. */
export interface Check {
  readonly state: 'held' | 'warn' | 'idle'
  readonly title: string
  readonly text: string
}

const privileges = {
  root: 'Signed in as root: every account can be read',
  sudo: 'Root through sudo: every account can be read',
  user: 'A plain user: only its own account can be read',
} as const

const engineNames = { mysql: 'MySQL', postgresql: 'PostgreSQL' } as const

function database(server: Survey['mysql'], engine: 'mysql' | 'postgresql', found: Discovery | null): Check {
  if (server === null) return { state: 'idle', title: engineNames[engine], text: 'None found' }
  const title = databaseWords(engine, server.version)
  if (!server.reachable)
    return {
      state: 'warn',
      title,
      text: 'It runs, and does not let this login in. Its databases would be left out',
    }
  const why = found?.failed.find(({ kind }) => kind === engine)?.why
  if (why !== undefined) return { state: 'warn', title, text: why }
  const count = found?.sources.flatMap(({ databases }) => databases).filter((each) => each.engine === engine)
  return {
    state: 'held',
    title,
    text: count === undefined ? 'Lets this login in' : plural(count.length, 'database'),
  }
}

function accounts(survey: Survey, found: Discovery | null): Check {
  const state = survey.privilege === 'user' ? 'warn' : 'held'
  const title = found === null ? 'Accounts' : plural(found.sources.length, 'account')
  return { state, title, text: privileges[survey.privilege] }
}

function mail(found: Discovery): Check {
  const why = found.failed.find(({ kind }) => kind === 'mail')?.why
  if (why !== undefined) return { state: 'warn', title: 'Email', text: why }
  const boxes = found.sources.flatMap(({ mailboxes }) => mailboxes).length
  if (boxes === 0) return { state: 'idle', title: 'Email', text: 'No mailboxes found' }
  return { state: 'held', title: 'Email', text: plural(boxes, 'mailbox', 'mailboxes') }
}

function cron(found: Discovery): Check {
  const count = found.sources.filter(({ hasCrontab }) => hasCrontab).length
  if (count === 0) return { state: 'idle', title: 'Cron jobs', text: 'No account has a crontab' }
  return {
    state: 'held',
    title: 'Cron jobs',
    text: `${plural(count, 'account has', 'accounts have')} a crontab`,
  }
}

function unclaimed(found: Discovery): Check[] {
  const count = found.unclaimed.length
  if (count === 0) return []
  const title = plural(count, 'unclaimed part')
  return [{ state: 'warn', title, text: 'Data that belongs to no account, so it would be in no backup' }]
}

/** What of a server can be backed up; `found` null: the search is under way. */
export function reachChecks(survey: Survey, found: Discovery | null): readonly Check[] {
  return [
    accounts(survey, found),
    database(survey.mysql, 'mysql', found),
    database(survey.postgresql, 'postgresql', found),
    ...(found === null ? [] : [mail(found), cron(found), ...unclaimed(found)]),
  ]
}

/** How well it will go. */
export function runChecks(survey: Survey): readonly Check[] {
  const codec = survey.codecs[0] ?? 'none'
  const free = Object.values(survey.freeBytes)
  return [
    {
      state: 'held',
      title: survey.os,
      text: survey.panel === null ? plural(survey.cpus, 'processor') : `Run by ${panelName(survey.panel)}`,
    },
    codec === 'none'
      ? { state: 'warn', title: 'No compression on the way', text: 'The server has neither zstd nor gzip' }
      : {
          state: 'held',
          title: `Compressed by ${codec}`,
          text: 'Streams straight here, no temporary space needed',
        },
    ...(free.length === 0
      ? []
      : [
          {
            state: 'held' as const,
            title: 'Disk',
            text: `${formatBytes(Math.min(...free))} free over there`,
          },
        ]),
  ]
}

/** `web1 can be backed up, with one gap`: what the checks come to. */
export function verdictOf(name: string, checks: readonly Check[]): string {
  const gaps = checks.filter(({ state }) => state === 'warn').length
  if (gaps === 0) return `${name} can be backed up`
  return `${name} can be backed up, with ${gaps === 1 ? 'one gap' : `${gaps} gaps`}`
}
