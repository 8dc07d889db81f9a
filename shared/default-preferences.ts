import type { Preferences } from './model/preferences.ts'

/** How windows look where nobody chose. */
export const defaultPreferences: Preferences = { theme: 'system', density: 'standard' }
