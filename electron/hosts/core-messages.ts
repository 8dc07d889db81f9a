import { z } from 'zod'
import { errorCodes, type ErrorCode } from '../../shared/errors.ts'
import { AppEvent } from '../../shared/events.ts'

/** What a host says to the process that runs the core: a call, its end before its time, or that all shall end. */
export const HostMessage = z.union([
  z.strictObject({ id: z.int().min(0), method: z.string(), input: z.unknown() }),
  z.strictObject({ cancel: z.int().min(0) }),
  z.strictObject({ leave: z.literal(true) }),
])
export type HostMessage = z.infer<typeof HostMessage>

export const WireError = z.object({
  code: z.custom<ErrorCode>((value) => typeof value === 'string' && Object.hasOwn(errorCodes, value)),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
})

/**
 * What that process says: `ready` once it takes calls, answers by call id, and every event. `failed` is its last word:
 * the product could not be opened, and why.
 */
export const CoreMessage = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ failed: WireError }),
  z.object({
    id: z.int(),
    reply: z.union([
      z.object({ ok: z.literal(true), value: z.unknown() }),
      z.object({ ok: z.literal(false), error: WireError }),
    ]),
  }),
  z.object({ event: AppEvent }),
])
export type CoreMessage = z.infer<typeof CoreMessage>
