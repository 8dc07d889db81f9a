import type { Backup } from './model/backup.ts'

/** Why a source is not protected, worst first. */
export type Unprotected =
  'no-backup' | 'partial' | 'not-verified' | 'only-on-server' | 'too-old' | 'too-small'

export interface ProtectionFacts {
  readonly now: Date
  /** How old the newest backup may be, in milliseconds: the longest time between two due times, and a day's grace; null without a schedule. */
  readonly mayBeOld: number | null
  /** Whether a destination lies on the server that was backed up. */
  readonly isOnServer: (destination: string) => boolean
  /** Ids of those that are much smaller than the ones before, which nobody has accepted. */
  readonly tooSmall: ReadonlySet<string>
}

/**
 * Whether a source is protected: its newest full backup is not partial, is verified, has a copy off its server, and is
 * no older than its schedule allows. Empty means protected. What a restore or a drill made for itself does not count.
 */
export function unprotectedBy(backups: readonly Backup[], facts: ProtectionFacts): readonly Unprotected[] {
  const full = backups.filter(
    ({ scope, trigger, only }) =>
      scope === 'full' && only.length === 0 && (trigger === 'scheduled' || trigger === 'on-demand'),
  )
  const newest = full.reduce<Backup | null>(
    (best, each) => (best === null || each.startedAt > best.startedAt ? each : best),
    null,
  )
  if (newest === null) return ['no-backup']
  const off = newest.copies.filter(({ destination }) => !facts.isOnServer(destination))
  const found: Unprotected[] = []
  if (newest.result !== 'succeeded') found.push('partial')
  if (!newest.copies.some(({ verified }) => verified?.ok === true)) found.push('not-verified')
  else if (!off.some(({ verified }) => verified?.ok === true)) found.push('only-on-server')
  const age = facts.now.getTime() - Date.parse(newest.startedAt)
  if (facts.mayBeOld === null || age > facts.mayBeOld) found.push('too-old')
  if (facts.tooSmall.has(newest.id)) found.push('too-small')
  return found
}

/** What is not as it should be, as a sentence. */
export function describeUnprotected(reason: Unprotected): string {
  switch (reason) {
    case 'no-backup':
      return 'There is no full backup.'
    case 'partial':
      return 'The newest full backup is partial.'
    case 'not-verified':
      return 'No copy of the newest full backup is verified.'
    case 'only-on-server':
      return 'The newest full backup has no verified copy off its server.'
    case 'too-old':
      return 'The newest full backup is older than a schedule allows.'
    case 'too-small':
      return 'The newest full backup is less than half as large as those before.'
  }
}
