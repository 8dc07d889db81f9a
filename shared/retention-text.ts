import type { Retention } from './model/schedule.ts'
import type { PruneHindrance } from './retention.ts'

const units = { daily: 'day', weekly: 'week', monthly: 'month', yearly: 'year' } as const

const counted = (count: number, unit: string) => (count === 1 ? `1 ${unit}` : `${count} ${unit}s`)

function list(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('')
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`
}

/** A retention as a sentence, with the most backups that may stay where that is known. */
export function describeRetention(policy: Retention | null): string {
  if (policy === null) return 'Keeps everything.'
  const parts: string[] = []
  if (policy.last !== null) parts.push(policy.last === 1 ? 'the last one' : `the last ${policy.last}`)
  for (const [rule, unit] of Object.entries(units) as [keyof typeof units, string][]) {
    const count = policy[rule]
    if (count !== null) parts.push(`one per ${unit} for ${counted(count, unit)}`)
  }
  if (policy.withinDays !== null) parts.push(`all of the last ${counted(policy.withinDays, 'day')}`)
  const most = [policy.last, policy.daily, policy.weekly, policy.monthly, policy.yearly].reduce<number>(
    (sum, count) => sum + (count ?? 0),
    0,
  )
  const total = policy.withinDays === null && parts.length > 1 ? `, up to ${most} backups of each source` : ''
  return `Keeps ${list(parts)}${total}.`
}

/** Why nothing is removed now, as a sentence. */
export function describeHindrance(hindrance: PruneHindrance): string {
  switch (hindrance) {
    case 'nothing-ran':
      return 'There is no backup yet, so nothing was removed.'
    case 'last-run-failed':
      return 'The last backup was not complete and verified, so nothing was removed.'
    case 'listing-incomplete':
      return 'The destination could not be read completely, so nothing was removed.'
    case 'clock-behind':
      return "This computer's clock is behind the newest backup, so nothing was removed. Set the clock."
    case 'clock-jumped':
      return "This computer's clock went further than expected, so nothing is removed until two more runs went well."
    case 'vanished-source':
      return 'The source is not on its server any more, so all its backups stay.'
  }
}
