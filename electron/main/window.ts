import { BrowserWindow, app, screen, type WebPreferences } from 'electron'
import { pageUrl } from './origin.ts'
import type { Preferences, WindowPlace } from './preferences.ts'

/** Each line is a row of the checklist in docs/DESKTOP.md, said aloud even where it is Electron's default. */
export const safePreferences: WebPreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
}

/** The place where the window stood, where a screen still has enough of it to be seen. */
export function visiblePlace(
  place: WindowPlace | null,
  screens: readonly {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  }[],
): WindowPlace | null {
  if (place === null) return null
  const overlaps = screens.some((area) => {
    const wide = Math.min(place.x + place.width, area.x + area.width) - Math.max(place.x, area.x)
    const high = Math.min(place.y + place.height, area.y + area.height) - Math.max(place.y, area.y)
    return wide >= 100 && high >= 100
  })
  return overlaps ? place : null
}

export interface WindowOptions {
  readonly preload: string
  readonly preferences: Preferences
  /** False: the window is to be closed for good. True: it is only hidden. */
  readonly hidesOnClose: () => boolean
}

/** The one window. It is made when it is first shown and keeps its place. */
export class MainWindow {
  readonly #options: WindowOptions
  #window: BrowserWindow | null = null

  constructor(options: WindowOptions) {
    this.#options = options
  }

  /** Shows the window, at a screen where one is named: `#/jobs`. */
  show(route: string | null = null): void {
    const open = this.#window
    if (open === null) {
      this.#make(route)
      return
    }
    if (open.isMinimized()) open.restore()
    open.show()
    open.focus()
    if (route !== null) this.send('route', route)
  }

  get focused(): boolean {
    return this.#window?.isFocused() ?? false
  }

  /** For dialogs that belong to the window. */
  get current(): BrowserWindow | null {
    return this.#window
  }

  send(channel: 'event' | 'state' | 'route', value: unknown): void {
    if (this.#window !== null && !this.#window.webContents.isDestroyed())
      this.#window.webContents.send(channel, value)
  }

  #make(route: string | null): void {
    const { preload, preferences } = this.#options
    const place = visiblePlace(
      preferences.place,
      screen.getAllDisplays().map(({ workArea }) => workArea),
    )
    const window = new BrowserWindow({
      width: 1280,
      height: 820,
      ...(place === null ? {} : { x: place.x, y: place.y, width: place.width, height: place.height }),
      minWidth: 900,
      minHeight: 600,
      show: false,
      title: 'Holdfast',
      webPreferences: { ...safePreferences, preload, devTools: !app.isPackaged },
    })
    this.#window = window
    if (place?.maximized) window.maximize()
    window.once('ready-to-show', () => window.show())
    window.on('close', (event) => {
      preferences.place = { ...window.getNormalBounds(), maximized: window.isMaximized() }
      if (!this.#options.hidesOnClose()) return
      event.preventDefault()
      window.hide()
    })
    window.on('closed', () => (this.#window = null))
    void window.loadURL(route === null ? pageUrl : `${pageUrl}${route}`)
  }
}
