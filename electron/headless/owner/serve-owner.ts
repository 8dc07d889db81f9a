import type { Product } from '../product.ts'
import { Call } from './protocol.ts'

/** The part of a message channel that both ends use. */
export interface Channel {
  send(message: unknown): Promise<void>
  messages(): AsyncIterable<unknown>
  readonly closed: AbortSignal
}

/**
 * Answers one other process until it goes: its calls run side by side, and every event is passed on. A call that
 * is under way when the caller goes is told so by its signal.
 */
export async function serveChannel(channel: Channel, product: Product): Promise<void> {
  const tell = (message: unknown) => void channel.send(message).catch(() => undefined)
  const unsubscribe = product.onEvent((event) => tell({ event }))
  try {
    for await (const message of channel.messages()) {
      const call = Call.safeParse(message)
      if (!call.success) continue
      const { id, method, input } = call.data
      void product.call({ method, input }, { signal: channel.closed }).then((reply) => tell({ id, reply }))
    }
  } finally {
    unsubscribe()
  }
}
