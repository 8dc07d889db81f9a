import type { Input, Method, Output } from './contract.ts'
import { fromWire, type WireError } from './errors.ts'
import type { AppEvent } from './events.ts'

/** What comes back through every door. */
export type Reply =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: WireError }

/** An abort of `signal` ends the call, there as here; it is answered as `cancelled` then, or as it was if it was done. */
export interface CallOptions {
  readonly signal?: AbortSignal
}

/** How a host reaches the product: in process, by a socket, by IPC or by HTTP. */
export interface Transport {
  call(method: Method, input: unknown, options?: CallOptions): Promise<Reply>
  /** Returns the function that ends the subscription. */
  onEvent(listener: (event: AppEvent) => void): () => void
  /** Aborted, with an `AppError` as reason, when the product cannot be reached any more. */
  readonly closed: AbortSignal
}

export interface Client {
  /** Resolves to the method's output; rejects with the `AppError` that the product threw. */
  call<M extends Method>(method: M, input: Input<M>, options?: CallOptions): Promise<Output<M>>
  onEvent(listener: (event: AppEvent) => void): () => void
  /** Aborted, with an `AppError` as reason, when the product cannot be reached any more. */
  readonly closed: AbortSignal
}

/** Typed calls over any transport. Outputs were checked on the side of the product. */
export function createClient(transport: Transport): Client {
  return {
    async call<M extends Method>(method: M, input: Input<M>, options?: CallOptions) {
      const reply = await transport.call(method, input, options)
      if (!reply.ok) throw fromWire(reply.error)
      return reply.value as Output<M>
    },
    onEvent: (listener) => transport.onEvent(listener),
    closed: transport.closed,
  }
}
