import type { Reply, Transport } from '../../../shared/client.ts'
import { AppError, toWire } from '../../../shared/errors.ts'
import type { AppEvent } from '../../../shared/events.ts'
import { OwnerMessage } from './protocol.ts'
import type { Channel } from './serve-owner.ts'

const gone = (): AppError =>
  new AppError(
    'connection-lost',
    'The Holdfast process that owns the data folder is gone. What it had finished stays; try again.',
  )

/** Speaks with the process that owns the data folder. Calls under way fail when it goes. */
export function ownerTransport(channel: Channel): Transport {
  const waiting = new Map<number, (reply: Reply) => void>()
  const listeners = new Set<(event: AppEvent) => void>()
  const closed = new AbortController()
  let next = 0

  function take(message: unknown): void {
    const parsed = OwnerMessage.safeParse(message)
    if (!parsed.success) return
    if ('event' in parsed.data) {
      for (const listener of [...listeners]) listener(parsed.data.event)
      return
    }
    waiting.get(parsed.data.id)?.(parsed.data.reply)
    waiting.delete(parsed.data.id)
  }

  async function read(): Promise<void> {
    try {
      for await (const message of channel.messages()) take(message)
    } finally {
      for (const answer of waiting.values()) answer({ ok: false, error: toWire(gone()) })
      waiting.clear()
      closed.abort(gone())
    }
  }
  void read().catch(() => undefined)

  return {
    closed: closed.signal,
    call: (method, input) =>
      new Promise((resolve) => {
        next += 1
        const id = next
        waiting.set(id, resolve)
        channel.send({ id, method, input }).catch((error: unknown) => {
          waiting.delete(id)
          resolve({ ok: false, error: toWire(error) })
        })
      }),
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
