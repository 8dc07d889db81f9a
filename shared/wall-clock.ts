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
