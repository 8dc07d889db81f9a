import type { Method } from '../../shared/contract.ts'
import { AppError, toWire } from '../../shared/errors.ts'
import type { Reply } from '../../shared/client.ts'
import { HostMessage, type CoreMessage } from '../hosts/core-messages.ts'
import { defaultDataFolder } from './data-folder.ts'
import { openClient } from './open-client.ts'

/** The part of Electron's `process.parentPort` that is used here. */
interface ParentPort {
  on(event: 'message', listener: (message: { readonly data: unknown }) => void): unknown
  postMessage(message: CoreMessage): void
}

/**
 * The program of the desktop's utility process: owns the data folder or speaks through its owner, and answers the main
 * process until that says `leave` or is gone. Exits with 0 after `leave`, with 1 where the product cannot be reached.
 */
async function runDesktopCore(port: ParentPort): Promise<number> {
  const stop = new AbortController()
  const leaving = Promise.withResolvers<number>()
  const opened =
    Promise.withResolvers<(method: string, input: unknown, signal: AbortSignal) => Promise<Reply>>()
  const calls = new Map<number, AbortController>()

  port.on('message', ({ data }) => {
    const message = HostMessage.safeParse(data)
    if (!message.success) return
    if ('leave' in message.data) {
      stop.abort()
      leaving.resolve(0)
      return
    }
    if ('cancel' in message.data) {
      calls.get(message.data.cancel)?.abort(new AppError('cancelled', 'Cancelled. Nothing more is done.'))
      return
    }
    const { id, method, input } = message.data
    const control = new AbortController()
    calls.set(id, control)
    void opened.promise
      .then((call) => call(method, input, control.signal))
      .then(
        (reply) => port.postMessage({ id, reply }),
        () => undefined,
      )
      .finally(() => calls.delete(id))
  })

  try {
    await using open = await openClient(defaultDataFolder(process.env, process.platform), {
      signal: stop.signal,
      env: process.env,
      stays: true,
    })
    const { client } = open
    client.closed.addEventListener('abort', () => leaving.resolve(1), { once: true })
    client.onEvent((event) => port.postMessage({ event }))
    opened.resolve(async (method, input, signal) => {
      try {
        // The door of the product looks the name up and checks the input; here they are only passed on.
        return { ok: true, value: await client.call(method as Method, input as never, { signal }) }
      } catch (error) {
        return { ok: false, error: toWire(error) }
      }
    })
    port.postMessage({ ready: true })
    return await leaving.promise
  } catch (error) {
    port.postMessage({ failed: toWire(error) })
    return 1
  }
}

const { parentPort } = process as { readonly parentPort?: ParentPort }
if (parentPort === undefined) throw new Error('This program is started by the desktop window: npm start')
process.exitCode = await runDesktopCore(parentPort)
process.exit()
