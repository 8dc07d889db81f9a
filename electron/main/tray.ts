import { join } from 'node:path'
import { Menu, Tray, nativeImage, type NativeImage } from 'electron'
import { trayState, type Standing } from './standing.ts'
import { trayMenu, type TrayActions } from './tray-menu.ts'

export interface TrayOptions {
  /** Folder with `<state>.png`, `<state>Template.png` and their `@2x`. */
  readonly icons: string
  readonly platform: NodeJS.Platform
  readonly actions: TrayActions
}

/** The icon beside the clock. On macOS the system colours it. */
export class TrayIcon {
  readonly #options: TrayOptions
  readonly #tray: Tray
  #shown = 'idle'

  constructor(options: TrayOptions) {
    this.#options = options
    this.#tray = new Tray(this.#image('idle'))
    this.#tray.setToolTip('Holdfast')
    this.#tray.on('click', () => {
      if (options.platform !== 'darwin') options.actions.open(null)
    })
  }

  show(standing: Standing, now: Date): void {
    const state = trayState(standing, now)
    if (state !== this.#shown) {
      this.#tray.setImage(this.#image(state))
      this.#shown = state
    }
    this.#tray.setContextMenu(Menu.buildFromTemplate(trayMenu(standing, now, this.#options.actions)))
  }

  #image(state: string): NativeImage {
    const suffix = this.#options.platform === 'darwin' ? 'Template' : ''
    return nativeImage.createFromPath(join(this.#options.icons, `${state}${suffix}.png`))
  }
}
