import { z } from 'zod'
import { Id, Instant } from './name.ts'

/** What happens to one copy. `announce`: it goes in seven days; `remove`: now. */
export const PruneStep = z.object({
  backup: Id,
  name: z.string(),
  startedAt: Instant,
  size: z.int(),
  step: z.enum(['keep', 'take-back', 'announce', 'wait', 'remove']),
  /** Rules that keep it. */
  reasons: z.array(z.string()),
  /** When a copy that is on its way out is removed. */
  until: Instant.nullable(),
})
export type PruneStep = z.infer<typeof PruneStep>

export const PruneSeries = z.object({
  server: z.string(),
  source: z.string(),
  /** Why nothing is removed of it now, as a sentence. */
  hindrance: z.string().nullable(),
  steps: z.array(PruneStep),
})
export type PruneSeries = z.infer<typeof PruneSeries>

/** What retention does at one destination. The dry run and the real run are made by the same code. */
export const PrunePlan = z.object({
  destination: z.string(),
  series: z.array(PruneSeries),
  /** Set where so much goes at once that a person must agree, by this word. */
  confirm: z.string().nullable(),
})
export type PrunePlan = z.infer<typeof PrunePlan>
