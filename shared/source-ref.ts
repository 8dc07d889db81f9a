import { z } from 'zod'
import { ProfileName } from './model/name.ts'

/** `SERVER/SOURCE`; both parts are looked up, never used as paths. */
export const SourceRef = z.strictObject({ server: ProfileName, source: z.string().min(1).max(255) })
