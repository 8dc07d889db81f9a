import { createClient, type CallOptions, type Reply } from '../../shared/client.ts'
import { AppError } from '../../shared/errors.ts'
import type { AppEvent } from '../../shared/events.ts'
import { inWindowWords } from './advice-words.ts'
import type { Door, DoorState } from './door.ts'
import { readEvents } from './read-events.ts'
import { takeSession } from './session.ts'

const pauses = [250, 500, 1000, 2000, 4000] as const

const lost = (): Reply => ({
  ok: false,
  error: {
    code: 'connection-lost',
    message: 'Holdfast does not answer. What it was doing goes on; this page tries again by itself.',
  },
})
const cancelled = (): Reply => ({
  ok: false,
  error: { code: 'cancelled', message: 'Cancelled. What was finished before stays as it was.' },
})
const signedOut = (): Reply => ({
  ok: false,
  error: {
    code: 'permission-denied',
    message: 'This page may not speak to Holdfast any more. Nothing was changed; open the window again.',
  },
})

/** Calls by POST, events by a stream that is opened again where it broke off. */
export async function openHttpDoor(page: Window): Promise<Door> {
  const token = await takeSession(page)
  const listeners = new Set<(event: AppEvent) => void>()
  const watchers = new Set<(state: DoorState) => void>()
  const closed = new AbortController()
  let state: DoorState = 'connecting'
  let wake: () => void = () => undefined

  const become = (next: DoorState) => {
    if (next === state) return
    state = next
    for (const watcher of watchers) watcher(state)
  }
  const leave = () => {
    become('signed-out')
    closed.abort(new AppError('permission-denied', 'This page may not speak to Holdfast any more.'))
  }
  const headers = { 'x-holdfast-token': token ?? '' }

  async function call(method: string, input: unknown, { signal }: CallOptions = {}): Promise<Reply> {
    try {
      const response = await fetch(`/rpc/${method}`, {
        method: 'POST',
        headers: {
          ...{ ...headers, 'content-type': 'application/json' },
          ...(signal === undefined ? {} : { 'x-holdfast-ends': 'with-request' }),
        },
        body: JSON.stringify(input),
        signal: signal ?? null,
      })
      const body = (await response.json()) as Reply | { readonly refused: string }
      if (!('refused' in body)) return inWindowWords(body)
      if (body.refused === 'session') leave()
      return signedOut()
    } catch {
      return signal?.aborted === true ? cancelled() : lost()
    }
  }

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  async function follow(): Promise<void> {
    let seen: number | null = null
    for (let failures = 0; ; failures += 1) {
      try {
        const response: Response = await fetch(seen === null ? '/events' : `/events?after=${seen}`, {
          headers,
        })
        if (response.status === 401) {
          leave()
          return
        }
        if (response.ok && response.body !== null) {
          become('open')
          failures = 0
          for await (const event of readEvents(response.body)) {
            seen = event.seq
            for (const listener of listeners) listener(event)
          }
        }
      } catch {
        // The stream broke off: it is opened again below.
      }
      become('lost')
      await pause(pauses[Math.min(failures, pauses.length - 1)] ?? 4000)
    }
  }

  if (token === null) leave()
  else void follow()
  return {
    host: 'browser',
    client: createClient({
      call,
      closed: closed.signal,
      onEvent: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    }),
    onState: (watcher) => {
      watchers.add(watcher)
      watcher(state)
    },
    retry: () => wake(),
  }
}
