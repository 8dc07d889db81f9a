import { plural } from './format.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** How long ago an instant was, both in milliseconds: `just now`, `12 min ago`, `35 h ago`, then `3 days ago`. */
export function formatAge(at: number, { now }: { readonly now: number }): string {
  const age = Math.max(0, now - at)
  if (age < minute) return 'just now'
  if (age < hour) return `${Math.floor(age / minute)} min ago`
  if (age <= 36 * hour) return `${Math.floor(age / hour)} h ago`
  return `${plural(Math.floor(age / day), 'day')} ago`
}

/** `1 min left`, `about 3 min left`, `about 2 h left`; what changes by seconds is not shown. */
export const formatTimeLeft = (seconds: number): string => `${formatRoughly(seconds)} left`

/** `less than 1 min`, `about 3 min`, `about 2 h`. */
export function formatRoughly(seconds: number): string {
  if (seconds < 90) return seconds < 45 ? 'less than 1 min' : 'about 1 min'
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `about ${minutes} min` : `about ${Math.round(minutes / 60)} h`
}
