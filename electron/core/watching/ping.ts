import type { Clock, Log } from '../ports.ts'

/** What a dead man's switch is told, in the manner of healthchecks.io. */
export type PingKind = 'start' | 'good' | 'bad'

const ends: Readonly<Record<PingKind, string>> = { start: '/start', good: '', bad: '/fail' }
const patience = 10_000
const tries = 3

/** Sends one request; resolves to the status, or throws. */
export type Ask = (
  url: string,
  options: { readonly signal: AbortSignal },
) => Promise<{ readonly status: number }>

/** The address for a kind of ping: its path gets the ending, its query stays. */
export function pingAddress(url: string, kind: PingKind): string {
  const address = new URL(url)
  address.pathname = address.pathname.replace(/\/$/, '') + ends[kind]
  return address.href
}

/**
 * Pings, three times where nobody answers; what cannot be told is logged without the address, which is a secret of a
 * kind, and never fails a run.
 */
export async function ping(
  url: string,
  kind: PingKind,
  {
    ask,
    clock,
    log,
    signal,
  }: { readonly ask: Ask; readonly clock: Clock; readonly log: Log; readonly signal: AbortSignal },
): Promise<boolean> {
  for (let tried = 1; tried <= tries && !signal.aborted; tried += 1) {
    const enough = new AbortController()
    const timer = clock.sleep(patience, { signal: AbortSignal.any([signal, enough.signal]) }).then(
      () => enough.abort(),
      () => undefined,
    )
    try {
      const { status } = await ask(pingAddress(url, kind), {
        signal: AbortSignal.any([signal, enough.signal]),
      })
      if (status >= 200 && status < 300) return true
    } catch {
      // Tried again below.
    } finally {
      enough.abort()
      await timer
    }
  }
  log.write('warning', 'A schedule could not tell its watcher how it went', { kind, host: new URL(url).host })
  return false
}
