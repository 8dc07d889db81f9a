import type { Reply } from '../../../shared/client.ts'
import { AppError, toWire } from '../../../shared/errors.ts'
import type { AppEvent } from '../../../shared/events.ts'
import type { Line } from './line.ts'
import { OwnerMessage, type Channel } from './protocol.ts'

const gone = (): AppError =>
  new AppError(
    'connection-lost',
    'The Holdfast process that owns the data folder is gone. What it had finished stays; try again.',
  )

/**
 * Speaks with the process that owns the data folder; an abort of the signal ends the calls under way, there as here.
 * Null where the owner is leaving: nothing was asked of it. Throws `corrupt` where the other side is no owner.
 */
export async function openOwnerLine(
  channel: Channel,
  { signal }: { readonly signal: AbortSignal },
): Promise<Line | null> {
  const waiting = new Map<number, (reply: Reply | null) => void>()
  const listeners = new Set<(event: AppEvent) => void>()
  const closed = new AbortController()
  const welcomed = Promise.withResolvers<boolean>()
  /** What becomes of a call without an answer, once nothing more can come. */
  let ending: { readonly answer: Reply | null } | null = null
  let next = 0

  /** False after the owner's last word. */
  function take(message: unknown): boolean {
    const { success, data } = OwnerMessage.safeParse(message)
    if (!success) return true
    if ('leaving' in data) return false
    if ('welcome' in data) welcomed.resolve(true)
    else if ('event' in data) for (const listener of [...listeners]) listener(data.event)
    else {
      waiting.get(data.id)?.(data.reply)
      waiting.delete(data.id)
    }
    return true
  }

  async function read(): Promise<void> {
    let left = false
    try {
      for await (const message of channel.messages()) {
        left = !take(message)
        if (left) break
      }
    } finally {
      ending = { answer: left ? null : { ok: false, error: toWire(gone()) } }
      for (const answer of waiting.values()) answer(ending.answer)
      waiting.clear()
      signal.removeEventListener('abort', cancelAll)
      if (!left) closed.abort(gone())
    }
  }

  /** What cannot be sent has no answer either: how the reading ends says what that means. */
  const tell = (message: unknown) => void channel.send(message).catch(() => undefined)
  const cancelAll = () => [...waiting.keys()].forEach((cancel) => tell({ cancel }))

  signal.addEventListener('abort', cancelAll)
  read().then(() => welcomed.resolve(false), welcomed.reject)
  if (!(await welcomed.promise)) return null
  return {
    closed: closed.signal,
    call: (method, input, options) =>
      new Promise((resolve) => {
        if (ending) {
          resolve(ending.answer)
          return
        }
        const id = next++
        const own = options?.signal
        const cancel = () => tell({ cancel: id })
        waiting.set(id, (reply) => {
          own?.removeEventListener('abort', cancel)
          resolve(reply)
        })
        tell({ id, method, input })
        own?.addEventListener('abort', cancel)
        if (signal.aborted || own?.aborted === true) cancel()
      }),
    onEvent: (listener) => void listeners.add(listener),
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  }
}
