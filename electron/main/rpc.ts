import { ipcMain, type IpcMainInvokeEvent } from 'electron'
import { z } from 'zod'
import type { Reply } from '../../shared/client.ts'
import { AppError, toWire } from '../../shared/errors.ts'
import { isOurFrame } from './origin.ts'

/** Characters of a call as JSON; the contract's longest lists fit. */
const limit = 4 * 1024 * 1024

/** How dangerous a channel is: what a page that is not ours could do with it. */
export type Danger = 'reads' | 'changes'

/** One channel of the window: who may speak is the same for all, what may be said is its schema. */
export interface Channel<S extends z.ZodType = z.ZodType> {
  readonly danger: Danger
  readonly input: S
  readonly answer: (input: z.infer<S>) => unknown
}

/** Keeps the schema's type for the answer. */
export const channel = <S extends z.ZodType>(row: Channel<S>): Channel => row

/** What the page sent, as plain JSON: no prototypes, no cycles, no functions, not too much. */
function plain(input: unknown): unknown {
  if (input === undefined) return undefined
  let text: string
  try {
    text = JSON.stringify(input)
  } catch (error) {
    throw new AppError('invalid-input', 'That is no plain value. Nothing was done.', { cause: error })
  }
  if (text.length > limit) throw new AppError('invalid-input', 'That is too long. Nothing was done.')
  return JSON.parse(text) as unknown
}

function check(event: Pick<IpcMainInvokeEvent, 'senderFrame'>): void {
  if (!isOurFrame(event.senderFrame))
    throw new AppError('permission-denied', 'Only the window of Holdfast may ask. Nothing was done.')
}

/** The call as the channel's schema has it. @throws `invalid-input` for anything else, unknown keys too */
function parse<S extends z.ZodType>(schema: S, input: unknown): z.infer<S> {
  const parsed = schema.safeParse(plain(input))
  if (parsed.success) return parsed.data
  throw new AppError('invalid-input', 'The window sent something unexpected. Nothing was done.')
}

/** `rpc`: the product's own door looks the method up and checks its input. */
export const RpcCall = z.strictObject({
  method: z.string().max(100),
  input: z.unknown(),
  id: z.uuid().optional(),
})
const Cancel = z.strictObject({ id: z.uuid() })

/** Opens the channels, and no others. A wrong sender and a wrong value are refused loudly, never silently dropped. */
export function openChannels(channels: Readonly<Record<string, Channel>>): void {
  for (const [name, { input: schema, answer }] of Object.entries(channels)) {
    ipcMain.handle(name, async (event, ...given: readonly unknown[]) => {
      check(event)
      if (given.length > 1) throw new AppError('invalid-input', 'One value at a time. Nothing was done.')
      return answer(parse(schema, given[0]))
    })
  }
}

/**
 * The product's calls, and the channel that cancels one by its id; whatever is wrong comes back as a reply, as the page
 * expects of every door.
 */
export function openRpc(
  call: (method: string, input: unknown, options: { readonly signal: AbortSignal }) => Promise<Reply>,
): void {
  const running = new Map<string, AbortController>()
  openChannels({
    cancel: channel({
      danger: 'changes',
      input: Cancel,
      answer: ({ id }) => running.get(id)?.abort(),
    }),
  })
  ipcMain.handle('rpc', async (event, ...given: readonly unknown[]): Promise<Reply> => {
    try {
      check(event)
      if (given.length > 1) throw new AppError('invalid-input', 'One value at a time. Nothing was done.')
      const { method, input, id } = parse(RpcCall, given[0])
      const control = new AbortController()
      if (id !== undefined) running.set(id, control)
      return await call(method, input, { signal: control.signal }).finally(() => {
        if (id !== undefined) running.delete(id)
      })
    } catch (error) {
      return { ok: false, error: toWire(error) }
    }
  })
}
