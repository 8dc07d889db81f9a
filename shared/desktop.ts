import { z } from 'zod'
import type { Reply } from './client.ts'
import type { AppEvent } from './events.ts'
import { LocalTime } from './model/schedule.ts'

/** What a person decides about the desktop window; backups do not depend on it. */
export const DesktopPreferences = z.strictObject({
  launchAtLogin: z.boolean(),
  /** Closing the window leaves Holdfast in the tray, so that schedules run. */
  keepInTray: z.boolean(),
  notifySuccess: z.boolean(),
  /** Times of the day, on this computer's clock, that hold all notifications but alarms about host keys. */
  quietHours: z
    .strictObject({ from: LocalTime, to: LocalTime })
    .refine(({ from, to }) => from !== to, 'Quiet hours that end when they begin are never there.')
    .nullable(),
})
export type DesktopPreferences = z.infer<typeof DesktopPreferences>

/** What is left out stays. */
export const PreferencesChange = DesktopPreferences.partial()
export type PreferencesChange = z.infer<typeof PreferencesChange>

/** What a native dialog asks for. `key`: a private key file. */
export const PickKind = z.enum(['folder', 'archive', 'key'])
export type PickKind = z.infer<typeof PickKind>

/** What the page may ask of the window itself. */
export const DesktopRequest = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('pick'), kind: PickKind }),
  z.strictObject({ ask: z.literal('read-preferences') }),
  z.strictObject({ ask: z.literal('change-preferences'), change: PreferencesChange }),
  z.strictObject({ ask: z.literal('restart-core') }),
])
export type DesktopRequest = z.infer<typeof DesktopRequest>

/** `lost`: the process that runs the core is gone; it is started again by itself. */
export type CoreState = 'connecting' | 'open' | 'lost'

/** What the desktop's preload gives the page, as `window.holdfast`. Functions that subscribe return the way to end it. */
export interface Desktop {
  /** `id`: a UUID that `cancel` names the call by. */
  readonly call: (method: string, input: unknown, id?: string) => Promise<Reply>
  /** Ends a call that is under way, there as here; it is answered as `cancelled` then, or as it was if it was done. */
  readonly cancel: (id: string) => Promise<void>
  readonly onEvent: (listener: (event: AppEvent) => void) => () => void
  /** Called at once with the state of the moment, then with each new one. */
  readonly onState: (listener: (state: CoreState) => void) => () => void
  /** Menus and notifications lead to screens: the fragment of an address, like `#/jobs`. */
  readonly onRoute: (listener: (route: string) => void) => () => void
  /** Resolves to an absolute path, or null where the person chose none. */
  readonly pick: (kind: PickKind) => Promise<string | null>
  readonly readPreferences: () => Promise<DesktopPreferences>
  readonly changePreferences: (change: PreferencesChange) => Promise<DesktopPreferences>
  readonly restartCore: () => Promise<void>
}
