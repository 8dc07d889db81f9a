import { ChildProcess, fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { answers, app, show } from './app.ts'
import { ipcMain, type WebContents } from './page.ts'

/**
 * Stands in for the module `electron` in tests: what the desktop uses of it, as electron.d.ts has it, held by
 * `contract.test.ts`. What a real one would show to a person is written down in `shown`; the core's process is real.
 */

export * from './app.ts'
export * from './page.ts'

type PageHandler = (request: Request) => Response | Promise<Response>
export const protocol = {
  schemes: [] as unknown[],
  handlers: new Map<string, PageHandler>(),
  registerSchemesAsPrivileged(customSchemes: unknown[]): void {
    this.schemes.push(...customSchemes)
  },
  handle(scheme: string, handler: PageHandler): void {
    this.handlers.set(scheme, handler)
  },
}

type PermissionRequest = (
  contents: WebContents,
  permission: string,
  callback: (granted: boolean) => void,
) => void
type PermissionCheck = (contents: WebContents | null, permission: string, origin: string) => boolean

class Session {
  request: PermissionRequest | null = null
  check: PermissionCheck | null = null
  device: (() => boolean) | null = null
  setPermissionRequestHandler(handler: PermissionRequest | null): void {
    this.request = handler
  }
  setPermissionCheckHandler(handler: PermissionCheck | null): void {
    this.check = handler
  }
  setDevicePermissionHandler(handler: (() => boolean) | null): void {
    this.device = handler
  }
}
export const session = { defaultSession: new Session() }

const parentPortShim = join(import.meta.dirname, 'parent-port.ts')

/** A utility process is a real process of Node here, with the same messages. */
export class UtilityProcess extends EventEmitter {
  readonly #child: ChildProcess
  constructor(modulePath: string, args: readonly string[]) {
    super()
    this.#child = fork(modulePath, [...args], {
      execArgv: ['--no-warnings', '--import', parentPortShim],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#child.on('message', (message) => this.emit('message', message))
    this.#child.on('exit', (code) => this.emit('exit', code ?? 1))
  }
  get pid(): number | undefined {
    return this.#child.pid
  }
  postMessage(message: unknown): void {
    if (this.#child.connected) this.#child.send(message as object)
  }
  kill(): boolean {
    return this.#child.kill()
  }
}
export const utilityProcess = {
  processes: [] as UtilityProcess[],
  fork(modulePath: string, args: string[] = []): UtilityProcess {
    const started = new UtilityProcess(modulePath, args)
    this.processes.push(started)
    return started
  },
}

export interface MenuItem {
  readonly label?: string
  readonly role?: string
  readonly enabled?: boolean
  readonly submenu?: MenuItem[]
  readonly click?: () => void
}
export class Menu {
  static application: Menu | null = null
  readonly items: readonly MenuItem[]
  constructor(items: readonly MenuItem[]) {
    this.items = items
  }
  static buildFromTemplate(template: MenuItem[]): Menu {
    return new Menu(template)
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.application = menu
  }
}

class NativeImage {
  readonly path: string
  constructor(path: string) {
    this.path = path
  }
}
export const nativeImage = { createFromPath: (path: string): NativeImage => new NativeImage(path) }

export class Tray extends EventEmitter {
  static newest: Tray | null = null
  image: NativeImage
  menu: Menu | null = null
  constructor(image: NativeImage) {
    super()
    this.image = image
    Tray.newest = this
  }
  setToolTip(toolTip: string): void {
    show('tool-tip', toolTip)
  }
  setImage(image: NativeImage): void {
    this.image = image
  }
  setContextMenu(menu: Menu | null): void {
    this.menu = menu
  }
}

interface NotificationOptions {
  readonly title?: string
  readonly body?: string
  readonly actions?: { readonly type: 'button' | 'selection'; readonly text?: string }[]
}
export class Notification extends EventEmitter {
  static isSupported(): boolean {
    return true
  }
  readonly options: NotificationOptions
  constructor(options: NotificationOptions = {}) {
    super()
    this.options = options
  }
  show(): void {
    show('notification', this)
  }
}

export const dialog = {
  showErrorBox(title: string, content: string): void {
    show('error-box', `${title}: ${content}`)
  },
  async showMessageBox(
    ...given: readonly unknown[]
  ): Promise<{ response: number; checkboxChecked: boolean }> {
    show('message-box', given.at(-1))
    return { response: answers.buttons.shift() ?? 0, checkboxChecked: false }
  },
  async showOpenDialog(...given: readonly unknown[]): Promise<{ canceled: boolean; filePaths: string[] }> {
    show('open-dialog', given.at(-1))
    const filePaths = answers.picks.shift() ?? []
    return { canceled: filePaths.length === 0, filePaths }
  },
}

export const powerMonitor = new EventEmitter()

export const powerSaveBlocker = {
  active: new Set<number>(),
  start(type: 'prevent-app-suspension' | 'prevent-display-sleep'): number {
    show('stay-awake', type)
    const id = this.active.size + 1
    this.active.add(id)
    return id
  },
  stop(id: number): boolean {
    return this.active.delete(id)
  },
}

export const screen = Object.assign(new EventEmitter(), {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
})

/** Only named by what electron-store imports. */
export const shell = {}

export default { app, ipcMain, shell }
