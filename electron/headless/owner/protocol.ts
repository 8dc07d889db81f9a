import { z } from 'zod'
import { AppEvent } from '../../../shared/events.ts'
import { errorCodes, type ErrorCode } from '../../../shared/errors.ts'

/** What a process says to the one that owns the data folder. */
export const Call = z.strictObject({ id: z.int().min(0), method: z.string(), input: z.unknown() })

const WireError = z.object({
  code: z.custom<ErrorCode>((value) => typeof value === 'string' && Object.hasOwn(errorCodes, value)),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
})

/** What the owner says back: answers by call id, and every event. */
export const OwnerMessage = z.union([
  z.object({
    id: z.int(),
    reply: z.union([
      z.object({ ok: z.literal(true), value: z.unknown() }),
      z.object({ ok: z.literal(false), error: WireError }),
    ]),
  }),
  z.object({ event: AppEvent }),
])
