import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { app } from 'electron'
import Store from 'electron-store'
import { z } from 'zod'
import { DesktopPreferences, type PreferencesChange } from '../../shared/desktop.ts'

const WindowPlace = z.strictObject({
  x: z.int(),
  y: z.int(),
  width: z.int().min(1),
  height: z.int().min(1),
  maximized: z.boolean(),
})
export type WindowPlace = z.infer<typeof WindowPlace>

const defaults: DesktopPreferences = {
  launchAtLogin: false,
  keepInTray: true,
  notifySuccess: false,
  quietHours: null,
}

interface Stored {
  readonly preferences: DesktopPreferences
  readonly place: WindowPlace | null
}

function openStore(): Store<Stored> {
  const open = () => new Store<Stored>({ name: 'window', defaults: { preferences: defaults, place: null } })
  try {
    return open()
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const file = join(app.getPath('userData'), 'window.json')
    renameSync(file, `${file}.damaged`)
    return open()
  }
}

/** Where the window stands and how it behaves. A damaged file is put aside, and a value that is none is its default. */
export class Preferences {
  readonly #store = openStore()

  read(): DesktopPreferences {
    const stored: unknown = this.#store.get('preferences')
    const each = z.record(z.string(), z.unknown()).safeParse(stored)
    if (!each.success) return defaults
    const { shape } = DesktopPreferences
    const kept = Object.entries(shape).flatMap(([name, schema]) => {
      const value = schema.safeParse(each.data[name])
      return value.success ? [[name, value.data] as const] : []
    })
    return { ...defaults, ...(Object.fromEntries(kept) as Partial<DesktopPreferences>) }
  }

  change(change: PreferencesChange): DesktopPreferences {
    const next = DesktopPreferences.parse({ ...this.read(), ...change })
    this.#store.set('preferences', next)
    return next
  }

  get place(): WindowPlace | null {
    return WindowPlace.nullable().catch(null).parse(this.#store.get('place'))
  }

  set place(place: WindowPlace | null) {
    this.#store.set('place', place)
  }
}
