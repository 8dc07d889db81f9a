import { z } from 'zod'

/** How windows look. `system`: as the computer does. */
export const Preferences = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']),
  density: z.enum(['comfortable', 'standard', 'compact']),
})
export type Preferences = z.infer<typeof Preferences>
