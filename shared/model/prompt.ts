import { z } from 'zod'

/** A question of a server that is logging us in. Texts are made fit for a screen. */
export const PromptQuestion = z.object({
  id: z.uuid(),
  server: z.string(),
  instructions: z.string(),
  text: z.string(),
  /** Whether the answer may be seen while it is typed. */
  echo: z.boolean(),
})
export type PromptQuestion = z.infer<typeof PromptQuestion>
