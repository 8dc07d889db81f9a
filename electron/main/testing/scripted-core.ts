import type { AppEventBody } from '../../../shared/events.ts'

/**
 * A core that answers what the test told it to: `script` sets the answer of a method, `refuse` the sentence that it is
 * refused with, `calls` gives what was asked so far, `emit` publishes, `die` ends it.
 */
const { parentPort } = process as unknown as {
  readonly parentPort: {
    on(event: 'message', listener: (message: { readonly data: unknown }) => void): void
    postMessage(message: unknown): void
  }
}
const values = new Map<string, unknown>([
  ['jobs.list', { jobs: [] }],
  ['fleet.show', { at: '2026-04-08T00:00:00.000Z', servers: [], storage: [] }],
  ['schedules.list', { schedules: [] }],
])
const refusals = new Map<string, string>()
const calls: { readonly method: string; readonly input: unknown }[] = []
let seq = 0

parentPort.on('message', ({ data }) => {
  const { id, method, input, leave } = data as {
    readonly id: number
    readonly method: string
    readonly input: { readonly method: string; readonly value: unknown } & AppEventBody
    readonly leave?: true
  }
  if (leave) process.exit(0)
  if (method === 'die') process.exit(9)
  if (method === 'script') values.set(input.method, input.value)
  if (method === 'emit') parentPort.postMessage({ event: { ...input, seq: (seq += 1) } })
  if (method === 'refuse') refusals.set(input.method, String(input.value))
  values.set('calls', [...calls])
  calls.push({ method, input })
  const message = refusals.get(method)
  if (message !== undefined) {
    parentPort.postMessage({ id, reply: { ok: false, error: { code: 'conflict', message } } })
    return
  }
  parentPort.postMessage({ id, reply: { ok: true, value: values.get(method) ?? { asked: method, input } } })
})
parentPort.postMessage({ ready: true })
