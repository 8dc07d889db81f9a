import type { CallOptions, Reply, Transport } from '../../shared/client.ts'
import type { AppEvent } from '../../shared/events.ts'
import { createApp } from '../core/app.ts'
import { dispatch } from '../core/dispatch.ts'
import { createHandlers } from '../core/handlers.ts'
import type { Ports } from '../core/ports.ts'
import { collectLessOften } from './collect-less-often.ts'

/** The product in this process, behind its one door. */
export interface Product extends AsyncDisposable {
  call(
    call: { readonly method: string; readonly input: unknown },
    options: { readonly signal: AbortSignal },
  ): Promise<Reply>
  onEvent(listener: (event: AppEvent) => void): () => void
  /**
   * Starts what schedules want when it is due, makes missing copies, and tells people what needs them, until the product
   * is disposed.
   */
  watchDue(): void
  /** True while a call or a job is under way. */
  readonly busy: boolean
  /** Resolves when no call and no job is under way. */
  idle(): Promise<void>
}

/** Opens the product over a data folder that this process owns. */
export async function openProduct(ports: Ports): Promise<Product> {
  collectLessOften()
  const app = await createApp(ports)
  const handlers = createHandlers(app)
  const calls = new Set<Promise<Reply>>()
  const stop = new AbortController()
  return {
    call: (call, { signal }) => {
      const reply = dispatch(handlers, call, { caller: 'cli', signal, log: ports.log })
      calls.add(reply)
      return reply.finally(() => calls.delete(reply))
    },
    get busy() {
      return calls.size > 0 || app.jobs.busy || app.scheduler.busy || app.upkeep.busy
    },
    idle: async () => {
      while (calls.size > 0 || app.jobs.busy || app.scheduler.busy || app.upkeep.busy)
        await Promise.all([...calls, app.jobs.idle(), app.scheduler.idle(), app.upkeep.idle()])
    },
    onEvent: (listener) => app.events.subscribe(listener, { after: null }),
    watchDue: () => {
      const { signal } = stop
      for (const each of [app.scheduler, app.upkeep, app.watching.alerts]) void each.watch({ signal })
    },
    [Symbol.asyncDispose]: () => {
      stop.abort()
      return app[Symbol.asyncDispose]()
    },
  }
}

function anyOf(signal: AbortSignal, options: CallOptions | undefined): AbortSignal {
  return options?.signal === undefined ? signal : AbortSignal.any([signal, options.signal])
}

/** Calls in the same process; all of them end with the process's own signal. */
export function localTransport(product: Product, { signal }: { readonly signal: AbortSignal }): Transport {
  return {
    call: (method, input, options) => product.call({ method, input }, { signal: anyOf(signal, options) }),
    onEvent: (listener) => product.onEvent(listener),
    closed: new AbortController().signal,
  }
}
