import type { Readable } from 'node:stream'

/** How a dead link is noticed: by `silentIntervals` intervals of `intervalMs` in which not one byte came. */
export interface Keepalive {
  readonly intervalMs: number
  readonly silentIntervals: number
}

/** A dead link is noticed after 60 to 75 seconds. */
export const defaultKeepalive: Keepalive = { intervalMs: 15_000, silentIntervals: 4 }

/**
 * Calls `onSilent` once, when nothing was heard for too long. Any byte counts as a sign of life, so a reply that
 * queues behind data on a slow link is no alarm. Returns the function that stops the watch.
 */
export function watchSilence(stream: Readable, keepalive: Keepalive, onSilent: () => void): () => void {
  let heard = true
  let silent = 0
  const hear = () => {
    heard = true
  }
  const timer = setInterval(() => {
    silent = heard ? 0 : silent + 1
    heard = false
    if (silent < keepalive.silentIntervals) return
    stop()
    onSilent()
  }, keepalive.intervalMs)
  const stop = () => {
    clearInterval(timer)
    stream.off('data', hear)
  }
  stream.on('data', hear)
  return stop
}
