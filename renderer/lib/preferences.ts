import { defaultPreferences } from '../../shared/default-preferences.ts'
import type { Preferences } from '../../shared/model/preferences.ts'

const key = 'holdfast.preferences'
const themes: readonly Preferences['theme'][] = ['system', 'light', 'dark']
const densities: readonly Preferences['density'][] = ['comfortable', 'standard', 'compact']
const oneOf = <T>(values: readonly T[], value: unknown, otherwise: T): T =>
  values.find((each) => each === value) ?? otherwise

/** How the window looked here the last time, for the moment before the product answers. */
export function rememberedPreferences(storage: Storage): Preferences {
  const { theme, density } = parsed(storage)
  return {
    theme: oneOf(themes, theme, defaultPreferences.theme),
    density: oneOf(densities, density, defaultPreferences.density),
  }
}

export function rememberPreferences(preferences: Preferences, storage: Storage): void {
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
