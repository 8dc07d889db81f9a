import { z } from 'zod'
import { AppEvent } from '../../../shared/events.ts'
import { errorCodes, type ErrorCode } from '../../../shared/errors.ts'

/** What a process says to the one that owns the data folder: a call, or that a call of its own shall end. */
export const GuestMessage = z.union([
  z.strictObject({ id: z.int().min(0), method: z.string(), input: z.unknown() }),
  z.strictObject({ cancel: z.int().min(0) }),
])

const WireError = z.object({
  code: z.custom<ErrorCode>((value) => typeof value === 'string' && Object.hasOwn(errorCodes, value)),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
})

/**
 * What the owner says back. `welcome` comes first: before it nobody listens. Then answers by call id, and every
 * event. `leaving` is the last word, after the answers to all calls that were taken: a call without an answer by
 * then was not carried out and never will be, so it may be made again elsewhere. A connection that ends without
 * `leaving` says nothing of the sort.
 */
export const OwnerMessage = z.union([
  z.object({ welcome: z.literal(true) }),
  z.object({ leaving: z.literal(true) }),
  z.object({
    id: z.int(),
    reply: z.union([
      z.object({ ok: z.literal(true), value: z.unknown() }),
      z.object({ ok: z.literal(false), error: WireError }),
    ]),
  }),
  z.object({ event: AppEvent }),
])
export type OwnerMessage = z.input<typeof OwnerMessage>

/** The part of a message channel that both ends use. */
export interface Channel extends AsyncDisposable {
  send(message: unknown): Promise<void>
  messages(): AsyncIterable<unknown>
  readonly closed: AbortSignal
}
