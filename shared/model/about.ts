import { z } from 'zod'

/** One copy of Holdfast on one computer. */
export const About = z.strictObject({
  /** With its version: `holdfast 0.1.0`. */
  name: z.string(),
  dataFolder: z.string(),
  /** Where the destination `this-computer` lies. */
  backupFolder: z.string(),
  /** Whether ssh2 encrypts with its native addon. */
  ssh2Addon: z.boolean(),
})
export type About = z.infer<typeof About>
