const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const second = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const parts = { day: 'numeric', month: 'short' } as const
const thisYear = new Intl.DateTimeFormat('en-GB', { weekday: 'short', ...parts })
const otherYear = new Intl.DateTimeFormat('en-GB', { ...parts, year: 'numeric' })
const long = new Intl.DateTimeFormat('en-GB', { weekday: 'short', ...parts, year: 'numeric' })
const short = new Intl.DateTimeFormat('en-GB', parts)

/** `02:00`, in the time of this computer. */
export const timeOf = (at: string): string => time.format(new Date(at))

/** `14:27:40`. */
export const secondOf = (at: string): string => second.format(new Date(at))

/** `Today`, `Tue 7 Apr`, and `7 Apr 2025` where it is not this year; `now` in milliseconds. */
export function dayOf(at: string, { now }: { readonly now: number }): string {
  const [date, today] = [new Date(at), new Date(now)]
  if (date.toDateString() === today.toDateString()) return 'Today'
  if (date.getFullYear() !== today.getFullYear()) return otherYear.format(date)
  return thisYear.format(date).replace(',', '')
}

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' })

/** `Sun`. */
export const weekdayOf = (at: string): string => weekday.format(new Date(at))

/** `7 Apr`, with the year where it is not this one. */
export function shortDayOf(at: string, { now }: { readonly now: number }): string {
  const date = new Date(at)
  return date.getFullYear() === new Date(now).getFullYear() ? short.format(date) : otherYear.format(date)
}

/** `Wed 8 Apr 2026, 02:00`. */
export const longDateOf = (at: string): string =>
  `${long.format(new Date(at)).replace(',', '')}, ${timeOf(at)}`

/** `8 Apr 2026, 02:00`. */
export const dateOf = (at: string): string => `${otherYear.format(new Date(at))}, ${timeOf(at)}`
