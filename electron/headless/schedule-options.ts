import { AppError } from '../../shared/errors.ts'
import { MissedPolicy, Retention, Weekday, type ScheduleTimes } from '../../shared/model/schedule.ts'
import type { GivenSchedule } from '../../shared/schedule-contract.ts'
import { parseSourceRef, parseWhole } from './names.ts'

function wrong(option: string, text: string, what: string): AppError {
  return new AppError(
    'invalid-input',
    `${option} takes ${what}, not ${JSON.stringify(text)}. Nothing was done.`,
  )
}

const times = 'daily@02:00, weekly:sun@04:00, monthly:1@04:00, monthly:last@04:00 or cron:30 2 * * 1-5'

/** `daily@02:00`, `weekly:sun@04:00`, `monthly:1@04:00`, `cron:…`. The values are checked by the contract. */
export function parseTimes(text: string): ScheduleTimes {
  if (text.startsWith('cron:')) return { every: 'cron', expression: text.slice(5) }
  const [, every, on = '', at = ''] = /^(daily|weekly|monthly)(?::([a-z0-9]+))?@(\d\d:\d\d)$/.exec(text) ?? []
  if (every === 'daily' && on === '') return { every: 'day', at }
  const weekday = Weekday.safeParse(on)
  if (every === 'weekly' && weekday.success) return { every: 'week', on: weekday.data, at }
  if (every === 'monthly' && on === 'last') return { every: 'month', on, at }
  if (every === 'monthly' && /^\d{1,2}$/.test(on)) return { every: 'month', on: Number(on), at }
  throw wrong('--at', text, times)
}

/** `SERVER/SOURCE`, `SERVER/*` for every account, `SERVER` for every source; also those that come later. */
export function parseScheduleSource(text: string): GivenSchedule['sources'][number] {
  if (!text.includes('/')) return { pick: 'server', server: text }
  if (text.endsWith('/*')) return { pick: 'accounts', server: text.slice(0, -2) }
  return { pick: 'source', ...parseSourceRef(text) }
}

/** `last=7,daily=14,weekly=4,monthly=12,yearly=2,within=30d`; `all` keeps everything. */
export function parseRetention(text: string): Retention | null {
  if (text === 'all') return null
  const rules: Record<string, number | null> = {
    ...{ last: null, daily: null, weekly: null, monthly: null, yearly: null, withinDays: null },
  }
  for (const part of text.split(',')) {
    const [, name = '', value = ''] = /^([a-z]+)=(-?\d+)d?$/.exec(part.trim()) ?? []
    const rule = name === 'within' ? 'withinDays' : name
    if (!(rule in rules))
      throw wrong('--keep', text, 'all, or rules like last=7,weekly=4,monthly=12,within=30d')
    rules[rule] = Number(value)
  }
  const parsed = Retention.safeParse(rules)
  if (parsed.success) return parsed.data
  throw new AppError('invalid-input', `--keep: ${parsed.error.issues[0]?.message ?? ''} Nothing was done.`)
}

/** `run`, `wait`, or `run-within=6h`. */
export function parseMissed(text: string): MissedPolicy {
  const [, hours] = /^run-within=(\d+)h$/.exec(text) ?? []
  if (hours !== undefined)
    return { then: 'run-within', hours: parseWhole('--missed', hours, { min: 1, max: 8784 }) }
  if (text === 'run' || text === 'wait') return { then: text }
  throw wrong('--missed', text, 'run, wait or run-within=6h')
}

/** `22:00-06:00`, or `any`. */
export function parseWindow(text: string): GivenSchedule['window'] {
  if (text === 'any') return null
  const [, from, to] = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text) ?? []
  if (from === undefined || to === undefined)
    throw wrong('--window', text, 'any, or two times like 22:00-06:00')
  return { from, to }
}

/** An instant as people write it: a date, or a date and time, on this computer's clock. */
export function parseInstant(option: string, text: string): string {
  const at = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00` : text)
  if (Number.isNaN(at.getTime())) throw wrong(option, text, 'a time like 2026-04-08 or 2026-04-08T06:00')
  return at.toISOString()
}
