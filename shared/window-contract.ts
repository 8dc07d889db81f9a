import { z } from 'zod'
import { About } from './model/about.ts'
import { Preferences } from './model/preferences.ts'
import { command, query } from './procedure.ts'

const none = z.strictObject({})

/** What windows need for themselves. */
export const windowContract = {
  /** How windows look; kept in the data folder, so for every browser and port. */
  'preferences.show': query(none, Preferences),
  'preferences.set': command(Preferences, z.strictObject({})),

  /** This copy of Holdfast. */
  'about.show': query(none, About),
} as const
