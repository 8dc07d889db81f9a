import fc from 'fast-check'
import type { Retention } from '../model/schedule.ts'
import { nextStep } from '../removal.ts'
import {
  hindranceTo,
  needsConfirmation,
  retain,
  type PruneFacts,
  type RetentionDecision,
  type SeriesEntry,
} from '../retention.ts'

const hour = 60 * 60_000
const start = Date.parse('2026-01-01T00:00:00Z')
const zones = ['UTC', 'Europe/Madrid', 'America/New_York', 'Pacific/Apia', 'Asia/Kolkata']

/** One random history with a policy and what is known around it. */
export interface History {
  readonly entries: readonly SeriesEntry[]
  readonly policy: Retention
  readonly zone: string
  readonly facts: PruneFacts
  readonly forged: number
  readonly announcedDaysAgo: number | null
  readonly noSpace: boolean
}

const entry = fc.record({
  hours: fc.oneof(fc.integer({ min: 0, max: 24 * 20 }), fc.integer({ min: 0, max: 24 * 900 })),
  good: fc.boolean(),
  suspicious: fc.boolean(),
  held: fc.boolean(),
  plain: fc.boolean(),
})

const rule = fc.option(fc.integer({ min: 1, max: 12 }), { freq: 2 })

const policies = fc
  .record({ last: rule, daily: rule, weekly: rule, monthly: rule, yearly: rule, withinDays: rule })
  .filter((policy) => Object.values(policy).some((each) => each !== null))

export const histories: fc.Arbitrary<History> = fc
  .record({
    rows: fc.array(entry, { maxLength: 60 }),
    policy: policies,
    zone: fc.constantFrom(...zones),
    late: fc.oneof(fc.integer({ min: -48, max: 72 }), fc.integer({ min: -48, max: 24 * 60 })),
    lastRun: fc.constantFrom('good', 'good', 'good', 'not-good', null),
    listingComplete: fc.integer({ min: 0, max: 5 }).map((n) => n > 0),
    clockJumped: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    vanished: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
    forged: fc.integer({ min: 1, max: 50 }),
    announcedDaysAgo: fc.option(fc.integer({ min: 0, max: 14 })),
    noSpace: fc.boolean(),
    health: fc.constantFrom('healthy', 'mixed', 'mixed', 'ill'),
  })
  .map(({ rows, policy, zone, late, forged, announcedDaysAgo, noSpace, health, ...facts }) => {
    const entries = rows.map(({ hours, good, suspicious, held, plain }, at) => ({
      ...{ id: `b${at}`, startedAt: new Date(start + hours * hour) },
      good: health === 'healthy' || (health === 'mixed' && (good || plain)),
      ...{ suspicious: health !== 'healthy' && suspicious && !plain, held: held && !plain },
    }))
    const newest = Math.max(start, ...entries.map(({ startedAt }) => startedAt.getTime()))
    const now = new Date(newest + late * hour)
    return { entries, policy, zone, forged, announcedDaysAgo, noSpace, facts: { ...facts, now } }
  })

/** What a run removes of a history: nothing where something stands in its way. */
function goingOf(
  { policy, zone, facts }: History,
  entries: readonly SeriesEntry[],
): readonly RetentionDecision[] {
  if (hindranceTo(entries, facts) !== null) return []
  return retain(entries, policy, { now: facts.now, zone }).filter(({ reasons }) => reasons.length === 0)
}

const counts = ({ good, suspicious, held }: SeriesEntry) => good && !suspicious && !held
const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id).sort()
const newestOf = (list: readonly SeriesEntry[]) =>
  list.reduce<SeriesEntry | undefined>(
    (best, each) => (best === undefined || each.startedAt > best.startedAt ? each : best),
    undefined,
  )

/**
 * The invariants of retention, one name each: what a history shows to be broken. They look at the result only, and
 * know none of the rules by which it came about.
 */
export const invariants: Readonly<Record<string, (history: History) => boolean>> = {
  'the newest good backup stays': (history) => {
    const newest = newestOf(history.entries.filter(counts))
    const clock = { now: history.facts.now, zone: history.zone }
    const going = retain(history.entries, history.policy, clock).filter(({ reasons }) => reasons.length === 0)
    const gone = new Set(ids(going))
    const equals = history.entries.filter(
      (each) => counts(each) && each.startedAt.getTime() === newest?.startedAt.getTime(),
    )
    return newest === undefined || equals.some(({ id }) => !gone.has(id))
  },
  'nothing goes after a run that did not go well': (history) => {
    const latest = newestOf(history.entries.filter(({ held }) => !held))
    const bad = history.facts.lastRun === 'not-good' || (latest !== undefined && !counts(latest))
    const tied = history.entries.some(
      (each) => each !== latest && each.startedAt.getTime() === latest?.startedAt.getTime(),
    )
    return !bad || tied || goingOf(history, history.entries).length === 0
  },
  'only good backups count': (history) => {
    const counting = history.entries.filter((each) => counts(each) || each.held)
    const clock = { now: history.facts.now, zone: history.zone }
    const goodOnes = new Set(ids(history.entries.filter(counts)))
    const going = (entries: readonly SeriesEntry[]) =>
      ids(retain(entries, history.policy, clock).filter(({ reasons }) => reasons.length === 0))
    return (
      going(history.entries)
        .filter((id) => goodOnes.has(id))
        .join() === going(counting).join()
    )
  },
  'without a good one everything stays': (history) =>
    history.entries.some(counts) ||
    retain(history.entries, history.policy, { now: history.facts.now, zone: history.zone }).every(
      ({ reasons }) => reasons.length > 0,
    ),
  'what is held stays': (history) => {
    const held = new Set(ids(history.entries.filter((each) => each.held)))
    return goingOf(history, history.entries).every(({ id }) => !held.has(id))
  },
  'no fewer good ones stay than the policy says': ({ entries, policy, facts, zone }) => {
    const good = entries.filter(counts)
    const kept = retain(entries, policy, { now: facts.now, zone }).filter(({ reasons }) => reasons.length > 0)
    const stay = kept.filter(({ id }) => good.some((each) => each.id === id)).length
    return stay >= Math.min(good.length, policy.last ?? 0)
  },
  'everything within the time stays': ({ entries, policy, facts, zone }) => {
    const since = facts.now.getTime() - (policy.withinDays ?? 0) * 24 * hour
    const gone = new Set(
      ids(retain(entries, policy, { now: facts.now, zone }).filter(({ reasons }) => reasons.length === 0)),
    )
    return (
      policy.withinDays === null ||
      entries.every(({ id, startedAt }) => startedAt.getTime() < since || !gone.has(id))
    )
  },
  'nothing goes on an incomplete listing': (history) =>
    history.facts.listingComplete || goingOf(history, history.entries).length === 0,
  'nothing goes by a clock that is behind or jumped': (history) => {
    const newest = newestOf(history.entries)?.startedAt.getTime() ?? 0
    const insane = history.facts.clockJumped || newest > history.facts.now.getTime() + hour
    return !insane || goingOf(history, history.entries).length === 0
  },
  'nothing of a vanished source goes': (history) =>
    !history.facts.vanished || goingOf(history, history.entries).length === 0,
  'large deletions ask': (history) => {
    const going = goingOf(history, history.entries).length
    const own = history.entries.length
    const large = going > 10 || (going > 1 && going / own > 0.3)
    return needsConfirmation([{ entries: own, going }]) === large
  },
  'a week lies between word and deed where there is space': ({ announcedDaysAgo, noSpace, facts }) => {
    const announcedAt =
      announcedDaysAgo === null ? null : new Date(facts.now.getTime() - announcedDaysAgo * 24 * hour)
    const { step } = nextStep({ keep: false, announcedAt }, { now: facts.now, noSpace })
    if (announcedDaysAgo === null) return step === 'announce'
    return noSpace || announcedDaysAgo >= 7 ? step === 'remove' : step === 'wait'
  },
  'what is kept again is taken back, and never removed': ({ announcedDaysAgo, noSpace, facts }) => {
    const announcedAt =
      announcedDaysAgo === null ? null : new Date(facts.now.getTime() - announcedDaysAgo * 24 * hour)
    const { step } = nextStep({ keep: true, announcedAt }, { now: facts.now, noSpace })
    return step === (announcedAt === null ? 'keep' : 'take-back')
  },
  'forged newer backups that are much smaller push none out': (history) => {
    const clock = { now: history.facts.now, zone: history.zone }
    const newest = newestOf(history.entries)?.startedAt.getTime() ?? start
    const forged = Array.from({ length: history.forged }, (_, n) => ({
      ...{ id: `forged${n}`, startedAt: new Date(newest + n * 1000) },
      ...{ good: true, suspicious: true, held: false },
    }))
    const kept = (entries: readonly SeriesEntry[]) =>
      new Set(ids(retain(entries, history.policy, clock).filter(({ reasons }) => reasons.length > 0)))
    const before = kept(history.entries)
    const after = kept([...history.entries, ...forged])
    return history.entries.filter(counts).every(({ id }) => !before.has(id) || after.has(id))
  },
  'a second run at once removes nothing more': (history) => {
    const gone = new Set(ids(goingOf(history, history.entries)))
    const left = history.entries.filter(({ id }) => !gone.has(id))
    return goingOf(history, left).length === 0
  },
}
