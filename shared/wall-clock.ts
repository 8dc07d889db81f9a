/** A clock on the wall of a zone. */
export interface WallClock {
  /** `2026-04-08`. */
  readonly date: string
  /** Since midnight, by what the clock shows. */
  readonly minute: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** What the clock shows in a zone. */
export function wallClock(at: Date, zone: string): WallClock {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      ...{ timeZone: zone, calendar: 'iso8601', hourCycle: 'h23' },
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
    })
    formats.set(zone, format)
  }
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? ''
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  }
}

/** What the clock shows in a zone, to the minute, as if it were UTC. */
export function shownInZone(at: Date, zone: string): Date {
  const { date, minute } = wallClock(at, zone)
  return new Date(Date.parse(`${date}T00:00:00Z`) + minute * 60_000)
}

const day = 24 * 60 * 60_000

/**
 * When the clock of a zone shows a time, given as if it were UTC, to the minute: the first time where it shows it
 * twice, and the end of what it skips where it never does. Later times are never earlier instants.
 */
export function instantInZone(shown: Date, zone: string): Date {
  const wanted = shown.getTime()
  const offsetAt = (at: number) => shownInZone(new Date(at), zone).getTime() - at
  const found = [wanted - offsetAt(wanted - day), wanted - offsetAt(wanted + day)].sort((a, b) => a - b)
  const exact = found.find((at) => at + offsetAt(at) === wanted)
  if (exact !== undefined) return new Date(exact)
  let [before = wanted, after = wanted] = found
  while (after - before > 60_000) {
    const middle = before + Math.floor((after - before) / 120_000) * 60_000
    if (middle + offsetAt(middle) < wanted) before = middle
    else after = middle
  }
  return new Date(after)
}

/** Whether a clock in the zone shows a time from `from` on and before `to`; over midnight where `to` is earlier. */
export function isWithinWindow(
  window: { readonly from: string; readonly to: string } | null,
  at: Date,
  zone: string,
): boolean {
  if (window === null) return true
  const minuteOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
  const [now, from, to] = [wallClock(at, zone).minute, minuteOf(window.from), minuteOf(window.to)]
  return from < to ? now >= from && now < to : now >= from || now < to
}
