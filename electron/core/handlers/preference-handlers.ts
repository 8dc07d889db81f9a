import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'

type PreferenceHandlers = Pick<Handlers, 'preferences.show' | 'preferences.set'>

/** How windows look. */
export function preferenceHandlers({ preferences }: App): PreferenceHandlers {
  return {
    'preferences.show': async () => preferences.read(),
    'preferences.set': async (chosen) => {
      await preferences.set(chosen)
      return {}
    },
  }
}
