import { complaintAboutCron } from '../../../shared/cron-expression.ts'
import type { Scope } from '../../../shared/model/backup.ts'
import type {
  MissedPolicy,
  Retention,
  Schedule,
  ScheduleTimes,
  Weekday,
} from '../../../shared/model/schedule.ts'
import type { GivenSchedule } from '../../../shared/schedule-contract.ts'
import { loginChecks } from './new-login.svelte.ts'

export type GivenSource = GivenSchedule['sources'][number]

export const retentionRules = ['last', 'daily', 'weekly', 'monthly', 'yearly', 'withinDays'] as const
export type RetentionRule = (typeof retentionRules)[number]

const isWhole = (text: string, [min, max]: readonly [number, number]) =>
  /^\d{1,5}$/.test(text.trim()) && Number(text) >= min && Number(text) <= max

/** What is wrong with a field of a schedule, as a sentence; null where nothing is. */
export const scheduleChecks = {
  name: loginChecks.name,
  time: (value: string) =>
    /^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? null : 'A time is HH:MM, from 00:00 to 23:59, like 02:00.',
  cron: (value: string) => complaintAboutCron(value.trim()),
  rule: (value: string) =>
    value.trim() === '' || isWhole(value, [1, 10_000])
      ? null
      : 'Keep at least 1, and at most 10,000. To keep none of these, leave the field empty.',
  hours: (value: string) => (isWhole(value, [1, 8784]) ? null : 'Give whole hours, from 1 to 8784.'),
  jitter: (value: string) => (isWhole(value, [0, 720]) ? null : 'Give whole minutes, from 0 to 720.'),
  perServer: (value: string) => (isWhole(value, [1, 16]) ? null : 'Give a number from 1 to 16.'),
  ping: (value: string) =>
    value.trim() === '' || /^https?:\/\/[^\s]+$/.test(value.trim())
      ? null
      : 'That is no web address; it begins with https:// or http://.',
} as const satisfies Record<string, (value: string) => string | null>

/** A schedule as it is being made or changed. */
export class ScheduleForm {
  name = $state('')
  every = $state<ScheduleTimes['every']>('day')
  at = $state('02:00')
  weekday = $state<Weekday>('sun')
  /** `1` to `28`, or `last`. */
  monthDay = $state('1')
  cron = $state('30 2 * * 1-5')
  zone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone)
  sources = $state.raw<readonly GivenSource[]>([])
  scope = $state<Scope>('full')
  destinations = $state.raw<readonly string[]>([])
  exclude = $state('')
  credentials = $state(true)
  keepAll = $state(false)
  rules = $state<Record<RetentionRule, string>>({
    ...{ last: '7', daily: '', weekly: '', monthly: '', yearly: '', withinDays: '' },
  })
  missed = $state<MissedPolicy['then']>('run')
  missedHours = $state('6')
  jitter = $state('0')
  perServer = $state('1')
  windowed = $state(false)
  windowFrom = $state('22:00')
  windowTo = $state('06:00')
  ping = $state('')

  /** Takes over a schedule that there is. `nameOf`: today's name of a server, null where it is gone. */
  fill(schedule: Schedule, nameOf: (serverId: string) => string | null): void {
    const { times, retention, missed, window } = schedule
    Object.assign(this, {
      ...{ name: schedule.name, every: times.every, zone: schedule.zone, scope: schedule.scope },
      ...('at' in times ? { at: times.at } : { cron: times.expression }),
      ...(times.every === 'week' ? { weekday: times.on } : {}),
      ...(times.every === 'month' ? { monthDay: String(times.on) } : {}),
      ...{ destinations: schedule.destinations, exclude: schedule.exclude.join('\n') },
      ...{ credentials: schedule.credentials, keepAll: retention === null, missed: missed.then },
      ...(missed.then === 'run-within' ? { missedHours: String(missed.hours) } : {}),
      ...{ jitter: String(schedule.jitterMinutes), perServer: String(schedule.perServer) },
      ...{ windowed: window !== null, ping: schedule.pingUrl ?? '' },
      ...(window === null ? {} : { windowFrom: window.from, windowTo: window.to }),
    })
    for (const rule of retentionRules) this.rules[rule] = String(retention?.[rule] ?? '')
    if (retention === null) this.rules.last = '7'
    this.sources = schedule.sources.flatMap((each): GivenSource[] => {
      const server = nameOf(each.serverId)
      if (server === null) return []
      return each.pick === 'source'
        ? [{ pick: 'source', server, source: each.source }]
        : [{ pick: each.pick, server }]
    })
  }

  times(): ScheduleTimes {
    switch (this.every) {
      case 'day':
        return { every: 'day', at: this.at }
      case 'week':
        return { every: 'week', on: this.weekday, at: this.at }
      case 'month':
        return { every: 'month', on: this.monthDay === 'last' ? 'last' : Number(this.monthDay), at: this.at }
      case 'cron':
        return { every: 'cron', expression: this.cron.trim() }
    }
  }

  retention(): Retention | null {
    if (this.keepAll) return null
    const count = (text: string) => (text.trim() === '' ? null : Number(text))
    return Object.fromEntries(retentionRules.map((rule) => [rule, count(this.rules[rule])])) as Retention
  }

  /** Meaningful where there is no problem. */
  given(): GivenSchedule {
    return {
      ...{ name: this.name.trim(), times: this.times(), zone: this.zone, sources: [...this.sources] },
      ...{ scope: this.scope, destinations: [...this.destinations], credentials: this.credentials },
      exclude: this.exclude
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean),
      ...{
        retention: this.retention(),
        jitterMinutes: Number(this.jitter),
        perServer: Number(this.perServer),
      },
      window: this.windowed ? { from: this.windowFrom, to: this.windowTo } : null,
      missed:
        this.missed === 'run-within'
          ? { then: this.missed, hours: Number(this.missedHours) }
          : { then: this.missed },
      pingUrl: this.ping.trim() === '' ? null : this.ping.trim(),
    }
  }

  /** What is wrong with the times; null where they can be previewed. */
  get timesProblem(): string | null {
    return this.every === 'cron' ? scheduleChecks.cron(this.cron) : scheduleChecks.time(this.at)
  }

  /** What is wrong with the retention. */
  get retentionProblem(): string | null {
    if (this.keepAll) return null
    const wrong = retentionRules
      .map((rule) => scheduleChecks.rule(this.rules[rule]))
      .find((each) => each !== null)
    if (wrong !== undefined) return wrong
    return retentionRules.every((rule) => this.rules[rule].trim() === '')
      ? 'A retention without a rule would keep nothing. Give at least one, or keep everything.'
      : null
  }

  get windowProblem(): string | null {
    if (!this.windowed) return null
    if (this.windowFrom === this.windowTo) return 'A window that ends when it begins is never open.'
    return scheduleChecks.time(this.windowFrom) ?? scheduleChecks.time(this.windowTo)
  }

  get problems(): readonly string[] {
    return [
      scheduleChecks.name(this.name),
      this.sources.length === 0 ? 'A schedule needs at least one source.' : null,
      this.timesProblem,
      this.missed === 'run-within' ? scheduleChecks.hours(this.missedHours) : null,
      this.destinations.length === 0 ? 'A schedule needs at least one destination.' : null,
      this.retentionProblem,
      scheduleChecks.jitter(this.jitter),
      scheduleChecks.perServer(this.perServer),
      this.windowProblem,
      scheduleChecks.ping(this.ping),
    ].filter((problem) => problem !== null)
  }
}
