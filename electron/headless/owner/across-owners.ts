import type { Transport } from '../../../shared/client.ts'
import type { AppEvent } from '../../../shared/events.ts'
import type { Line } from './line.ts'

/**
 * One transport over the owners of a data folder, one after the other: a call that an owner left without carrying
 * out goes to the next one, which may be this process; a call that may have been carried out is never made again.
 * `open` finds the owner of the moment, or becomes it.
 */
export async function acrossOwners(open: () => Promise<Line>): Promise<Transport & AsyncDisposable> {
  const listeners = new Set<(event: AppEvent) => void>()
  const closed = new AbortController()

  async function next(): Promise<Line> {
    const line = await open()
    line.onEvent((event) => [...listeners].forEach((listener) => listener(event)))
    line.closed.addEventListener('abort', () => closed.abort(line.closed.reason), { once: true })
    return line
  }
  async function after(left: Line): Promise<Line> {
    await left[Symbol.asyncDispose]()
    return next()
  }

  let current = Promise.resolve(await next())
  return {
    closed: closed.signal,
    call: async (method, input, options) => {
      for (;;) {
        const asked = current
        const line = await asked
        const reply = await line.call(method, input, options)
        if (reply !== null) return reply
        if (current === asked) current = after(line)
      }
    },
    onEvent: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    [Symbol.asyncDispose]: async () => {
      await (await current.catch(() => null))?.[Symbol.asyncDispose]()
    },
  }
}
