import { z } from 'zod'
import { Instant } from './name.ts'

/** Something that a person should know or do after a restore. */
export const Remark = z.strictObject({ text: z.string(), remedy: z.string().nullable() })
export type Remark = z.infer<typeof Remark>

/** N of M of one component, and how that was found out. */
export const ComponentReport = z.strictObject({
  component: z.string(),
  unit: z.string(),
  good: z.int(),
  of: z.int(),
  /** How each was checked, like `SHA-256 and mode of every file`. */
  how: z.string(),
  /** The first thousand that are not good, each with the reason. */
  bad: z.array(z.string()),
})
export type ComponentReport = z.infer<typeof ComponentReport>

/** What a restore came to. Kept with its job. */
export const RestoreReport = z.strictObject({
  format: z.literal(1),
  job: z.string(),
  /** The last three are those of a drill. */
  outcome: z.enum([
    ...['restored', 'restored-in-part', 'rolled-back', 'interrupted', 'undone'],
    ...['proven', 'proven-in-part', 'not-proven'],
  ] as const),
  from: z.string(),
  to: z.string(),
  startedAt: Instant,
  finishedAt: Instant,
  components: z.array(ComponentReport),
  remarks: z.array(Remark),
  /** Of a drill: how long a real recovery would take, from connecting to the end of the check. */
  recoverySeconds: z.number().nullable().default(null),
  undo: z.strictObject({ command: z.string(), until: Instant, backup: z.string().nullable() }).nullable(),
})
export type RestoreReport = z.infer<typeof RestoreReport>
