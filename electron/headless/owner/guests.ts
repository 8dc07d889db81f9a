import { once } from 'node:events'
import { AppError } from '../../../shared/errors.ts'
import type { Clock } from '../../core/ports.ts'
import type { Product } from '../product.ts'
import { GuestMessage, type Channel, type OwnerMessage } from './protocol.ts'

/** How long a guest that does not answer is waited for, in milliseconds: it may be stopped. */
const patience = 1000

const cancelled = () => new AppError('cancelled', 'Cancelled. What was finished before stays as it was.')
const interrupted = () =>
  new AppError(
    'interrupted',
    'The Holdfast process that did this was stopped. What it had finished stays; try again.',
  )

/** The processes that speak through this one, which owns the data folder. Their calls run side by side. */
export class Guests {
  readonly #product: Pick<Product, 'call' | 'onEvent'>
  readonly #channels = new Set<Channel>()
  readonly #calls = new Set<Promise<void>>()
  readonly #interrupted = new AbortController()
  #taking = true
  #leaving = false

  constructor(product: Pick<Product, 'call' | 'onEvent'>) {
    this.#product = product
  }

  get present(): boolean {
    return this.#channels.size > 0
  }

  /** Answers another process until it goes, and passes every event on. A call ends with its caller. */
  receive(channel: Channel): void {
    this.#channels.add(channel)
    channel.closed.addEventListener('abort', () => this.#channels.delete(channel), { once: true })
    void this.#serve(channel).catch(() => undefined)
  }

  /** From now on no call is carried out; those under way are. At once, so that nothing slips in. */
  takeNoMore(): void {
    this.#taking = false
  }

  /** Ends the calls under way as `interrupted`. */
  interrupt(): void {
    this.#interrupted.abort(interrupted())
  }

  /**
   * After `takeNoMore`: waits until all that was taken is answered, then tells everybody, who may come late too, to
   * turn to the next owner, and waits until they have gone.
   */
  async leave({ clock }: { readonly clock: Pick<Clock, 'sleep'> }): Promise<void> {
    while (this.#calls.size > 0) await Promise.all(this.#calls)
    this.#leaving = true
    const all = [...this.#channels]
    for (const channel of all) void tell(channel, { leaving: true })
    const enough = new AbortController()
    const left = Promise.all(all.map(gone))
    await Promise.race([left, clock.sleep(patience, { signal: enough.signal }).catch(() => undefined)])
    enough.abort()
  }

  async #serve(channel: Channel): Promise<void> {
    const unsubscribe = this.#product.onEvent((event) => void tell(channel, { event }))
    const cancels = new Map<number, AbortController>()
    void tell(channel, this.#leaving ? { leaving: true } : { welcome: true })
    try {
      for await (const message of channel.messages()) {
        const { success, data } = GuestMessage.safeParse(message)
        if (!success) continue
        if ('cancel' in data) cancels.get(data.cancel)?.abort(cancelled())
        else if (this.#taking) this.#take(channel, data, cancels)
      }
    } finally {
      unsubscribe()
    }
  }

  #take(
    channel: Channel,
    { id, method, input }: { readonly id: number; readonly method: string; readonly input: unknown },
    cancels: Map<number, AbortController>,
  ): void {
    const cancel = new AbortController()
    cancels.set(id, cancel)
    const signal = AbortSignal.any([channel.closed, cancel.signal, this.#interrupted.signal])
    const call = this.#product.call({ method, input }, { signal }).then((reply) => {
      cancels.delete(id)
      void tell(channel, { id, reply })
      this.#calls.delete(call)
    })
    this.#calls.add(call)
  }
}

async function gone({ closed }: Channel): Promise<void> {
  if (!closed.aborted) await once(closed, 'abort')
}

function tell(channel: Channel, message: OwnerMessage): Promise<void> {
  return channel.send(message).catch(() => undefined)
}
