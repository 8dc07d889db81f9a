import type { Retention } from './model/schedule.ts'
import { shownInZone } from './wall-clock.ts'

/** One backup of a series: what one schedule made of one source, seen at one destination. */
export interface SeriesEntry {
  readonly id: string
  readonly startedAt: Date
  /** Complete, and this copy was verified and found good. */
  readonly good: boolean
  /** Much smaller than those before, and nobody has said that this is right. */
  readonly suspicious: boolean
  /** Pinned, or not made by the schedule itself: never touched, and never counted. */
  readonly held: boolean
}

export type KeepReason =
  'last' | 'daily' | 'weekly' | 'monthly' | 'yearly' | 'within' | 'newest-good' | 'held' | 'no-good-one'

/** What becomes of one backup. `reasons` is empty where it goes. */
export interface RetentionDecision {
  readonly id: string
  readonly startedAt: Date
  readonly reasons: readonly KeepReason[]
}

type Rule = 'daily' | 'weekly' | 'monthly' | 'yearly'
const rules: readonly Rule[] = ['daily', 'weekly', 'monthly', 'yearly']
const day = 24 * 60 * 60_000

/** The day, week, month or year on the clock of a zone, as something that is equal for two times in the same one. */
function periodOf(at: Date, rule: Rule, zone: string): string {
  const shown = shownInZone(at, zone)
  const date = shown.toISOString().slice(0, 10)
  switch (rule) {
    case 'daily':
      return date
    case 'weekly':
      return String(Math.floor((Date.parse(date) / day + 3) / 7))
    case 'monthly':
      return date.slice(0, 7)
    case 'yearly':
      return date.slice(0, 4)
  }
}

/** Why each of these, newest first, is kept by a policy; those that are kept by no rule are absent. */
function keptByRules(
  entries: readonly SeriesEntry[],
  policy: Retention,
  { now, zone }: { readonly now: Date; readonly zone: string },
): ReadonlyMap<string, readonly KeepReason[]> {
  const kept = new Map<string, KeepReason[]>()
  const keep = ({ id }: SeriesEntry, reason: KeepReason) => kept.set(id, [...(kept.get(id) ?? []), reason])
  for (const entry of entries.slice(0, policy.last ?? 0)) keep(entry, 'last')
  for (const rule of rules) {
    const limit = policy[rule]
    const seen = new Set<string>()
    for (const entry of limit === null ? [] : entries) {
      const period = periodOf(entry.startedAt, rule, zone)
      if (seen.has(period)) continue
      if (seen.size === limit) break
      seen.add(period)
      keep(entry, rule)
    }
  }
  const since = policy.withinDays === null ? null : now.getTime() - policy.withinDays * day
  for (const entry of entries) {
    if (since !== null && entry.startedAt.getTime() >= since) keep(entry, 'within')
  }
  return kept
}

/**
 * What a policy makes of a series. Newest first. Pure: the preview, the dry run and the real run are this.
 *
 * Only good, unsuspicious backups count for the rules and satisfy them. The newest good one always stays, and where
 * none is good everything does. What does not count can push out nothing that does; it goes where the same rules
 * would not keep it among its own kind. Of a period, the newest backup stays.
 */
export function retain(
  entries: readonly SeriesEntry[],
  policy: Retention,
  clock: { readonly now: Date; readonly zone: string },
): readonly RetentionDecision[] {
  const sorted = [...entries].sort(
    (a, b) => b.startedAt.getTime() - a.startedAt.getTime() || (a.id < b.id ? 1 : -1),
  )
  const own = sorted.filter(({ held }) => !held)
  const counting = own.filter(({ good, suspicious }) => good && !suspicious)
  const newest = counting[0]
  const kept = keptByRules(counting, policy, clock)
  const keptBeside = keptByRules(
    own.filter((entry) => !counting.includes(entry)),
    policy,
    clock,
  )
  const reasonsOf = (entry: SeriesEntry): readonly KeepReason[] => {
    if (entry.held) return ['held']
    if (newest === undefined) return ['no-good-one']
    const reasons = kept.get(entry.id) ?? keptBeside.get(entry.id) ?? []
    return entry === newest ? ['newest-good', ...reasons] : reasons
  }
  return sorted.map((entry) => ({
    id: entry.id,
    startedAt: entry.startedAt,
    reasons: reasonsOf(entry),
  }))
}

/** Deletions of one run that need a person's word: more than 10, or more than one and 30 % of a series. */
export const unaskedLimits = { atOnce: 10, share: 0.3 } as const

/** Whether a person must agree before so many of each series go at once. */
export function needsConfirmation(
  series: readonly { readonly entries: number; readonly going: number }[],
): boolean {
  const going = series.reduce((sum, each) => sum + each.going, 0)
  return (
    going > unaskedLimits.atOnce ||
    series.some((each) => each.going > 1 && each.going > each.entries * unaskedLimits.share)
  )
}

/** What stands in the way of removing anything, whatever the policy says. */
export type PruneHindrance =
  | 'nothing-ran'
  | 'last-run-failed'
  | 'listing-incomplete'
  | 'clock-behind'
  | 'clock-jumped'
  | 'vanished-source'

/** What is known around a series when it is to be pruned. */
export interface PruneFacts {
  readonly now: Date
  /** How the schedule's last run of this source came out; null where nobody knows, as after a new start elsewhere. */
  readonly lastRun: 'good' | 'not-good' | null
  /** Everything at the destination was listed and read, just now. */
  readonly listingComplete: boolean
  /** The clock went further than sleep explains, and no two runs have gone well since. */
  readonly clockJumped: boolean
  /** The source is not on its server any more. */
  readonly vanished: boolean
}

/** Why nothing may be removed from a series now; null where it may. */
export function hindranceTo(entries: readonly SeriesEntry[], facts: PruneFacts): PruneHindrance | null {
  const newest = entries.reduce<SeriesEntry | null>(
    (best, entry) => (best === null || entry.startedAt > best.startedAt ? entry : best),
    null,
  )
  if (newest === null) return 'nothing-ran'
  if (facts.vanished) return 'vanished-source'
  if (!facts.listingComplete) return 'listing-incomplete'
  if (newest.startedAt.getTime() > facts.now.getTime() + 60 * 60_000) return 'clock-behind'
  if (facts.clockJumped) return 'clock-jumped'
  const own = entries.filter(({ held }) => !held)
  const latest = own.reduce<SeriesEntry | null>(
    (best, entry) => (best === null || entry.startedAt > best.startedAt ? entry : best),
    null,
  )
  if (facts.lastRun === 'not-good' || (latest !== null && (!latest.good || latest.suspicious)))
    return 'last-run-failed'
  return null
}
