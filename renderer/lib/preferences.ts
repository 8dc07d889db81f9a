const themes = ['system', 'light', 'dark'] as const
const densities = ['comfortable', 'standard', 'compact'] as const

/** How this computer's window looks. */
export interface Preferences {
  readonly theme: (typeof themes)[number]
  readonly density: (typeof densities)[number]
}

const key = 'holdfast.preferences'
const oneOf = <T extends string>(values: readonly T[], value: unknown, otherwise: T): T =>
  values.find((each) => each === value) ?? otherwise

/** What was chosen in this browser; the defaults for everything that was not, or cannot be read. */
export function readPreferences(storage: Storage): Preferences {
  const { theme, density } = parsed(storage)
  return { theme: oneOf(themes, theme, 'system'), density: oneOf(densities, density, 'standard') }
}

export function writePreferences(preferences: Preferences, storage: Storage): void {
  storage.setItem(key, JSON.stringify(preferences))
}

/** Makes a page look so. */
export function applyPreferences({ theme, density }: Preferences, page: Document): void {
  const { dataset } = page.documentElement
  if (theme === 'system') delete dataset['theme']
  else dataset['theme'] = theme
  dataset['density'] = density
}

function parsed(storage: Storage): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(storage.getItem(key) ?? '{}')
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
