import { Menu, app, dialog, powerMonitor } from 'electron'
import { z } from 'zod'
import { DesktopRequest, type DesktopPreferences } from '../../shared/desktop.ts'
import { toWire, unreachable } from '../../shared/errors.ts'
import { readStaticFiles } from '../hosts/page-files.ts'
import { CoreLink } from './core-link.ts'
import { confirms, pick } from './dialogs.ts'
import { installGuards } from './guards.ts'
import { KeepAwake } from './keep-awake.ts'
import { hiddenSwitch, setLaunchAtLogin } from './login-item.ts'
import { appMenu } from './menu.ts'
import { Notifier } from './notifier.ts'
import type { NoticeAct } from './notices.ts'
import { servePage } from './page-protocol.ts'
import { Preferences } from './preferences.ts'
import { ProductWatch } from './product-watch.ts'
import { quitQuestion } from './quit.ts'
import { channel, openChannels, openRpc } from './rpc.ts'
import { showNotice } from './show-notice.ts'
import { TrayIcon } from './tray.ts'
import { MainWindow } from './window.ts'

/** Where the parts of the desktop lie. */
export interface DesktopPaths {
  /** The built window. */
  readonly page: string
  readonly preload: string
  /** The program of the core's process. */
  readonly core: string
  readonly trayIcons: string
}

/** How often held notifications are looked at, in milliseconds. */
const minute = 60_000
/** How often everything is read again: backups become too old without an event. */
const hour = 60 * minute

/** The running desktop. */
export class Desktop {
  readonly #preferences = new Preferences()
  readonly #awake = new KeepAwake()
  readonly #core: CoreLink
  readonly #watch: ProductWatch
  readonly #window: MainWindow
  readonly #notifier: Notifier
  readonly #tray: TrayIcon
  #quitting = false
  #asking = false

  private constructor(paths: DesktopPaths) {
    const { platform } = process
    this.#core = new CoreLink({
      program: paths.core,
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      onFailed: ({ message }) => dialog.showErrorBox('Holdfast could not be opened', message),
    })
    this.#window = new MainWindow({
      preload: paths.preload,
      preferences: this.#preferences,
      hidesOnClose: () => !this.#quitting && this.#preferences.read().keepInTray,
    })
    this.#notifier = new Notifier({
      preferences: () => this.#preferences.read(),
      now: () => new Date(),
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      show: (notice) => showNotice(notice, { act: (asked) => void this.#act(asked) }),
    })
    const actions = {
      open: (route: string | null) => this.#window.show(route),
      backUpAll: () => void this.#backUpAll(),
      pause: (until: Date | null) =>
        void this.#told(() =>
          this.#watch.client.call('schedules.pause', { name: null, until: until?.toISOString() ?? null }),
        ),
      resume: () => void this.#told(() => this.#watch.client.call('schedules.resume', { name: null })),
      quit: () => app.quit(),
    }
    this.#tray = new TrayIcon({ icons: paths.trayIcons, platform, actions })
    Menu.setApplicationMenu(Menu.buildFromTemplate(appMenu(actions, { platform, packaged: app.isPackaged })))
    this.#watch = new ProductWatch(this.#core, (standing) => {
      this.#awake.set(standing.jobs.length > 0)
      this.#tray.show(standing, new Date())
      if (standing.schedules.length > 0)
        this.#notifier.takeRuns(
          standing.schedules.flatMap(({ open, attention }) => [...(open ? [open] : []), ...attention]),
        )
      if (standing.sources.length > 0) this.#notifier.takeSources(standing.sources)
    })
  }

  /** After `ready`, in the only instance: everything is there, the core is starting, the window opens. */
  static async start(paths: DesktopPaths): Promise<Desktop> {
    installGuards()
    servePage(await readStaticFiles(paths.page))
    const desktop = new Desktop(paths)
    desktop.#openDoors()
    desktop.#listen()
    desktop.#core.start()
    if (!app.commandLine.hasSwitch(hiddenSwitch)) desktop.#window.show()
    return desktop
  }

  #openDoors(): void {
    openRpc((method, input, options) => this.#core.call(method, input, options))
    openChannels({
      state: channel({ danger: 'reads', input: z.undefined(), answer: () => this.#core.state }),
      desktop: channel({ danger: 'changes', input: DesktopRequest, answer: (asked) => this.#answer(asked) }),
    })
    this.#core.onEvent((event) => {
      this.#window.send('event', event)
      this.#notifier.take(event)
    })
    this.#core.onState((state) => this.#window.send('state', state))
  }

  #listen(): void {
    app.on('second-instance', () => this.#window.show())
    app.on('activate', () => this.#window.show())
    app.on('window-all-closed', () => {
      if (!this.#preferences.read().keepInTray) app.quit()
    })
    app.on('before-quit', (event) => {
      if (this.#quitting) return
      event.preventDefault()
      void this.#quit()
    })
    powerMonitor.on('resume', () => {
      this.#notifier.release()
      this.#watch.readAgain()
      this.#window.send('event', { seq: 0, type: 'resync' })
    })
    setInterval(() => this.#notifier.release(), minute).unref()
    setInterval(() => this.#watch.readAgain(), hour).unref()
  }

  async #answer(asked: DesktopRequest): Promise<string | null | DesktopPreferences | undefined> {
    switch (asked.ask) {
      case 'pick':
        return pick(asked.kind, this.#window.current)
      case 'read-preferences':
        return this.#preferences.read()
      case 'change-preferences': {
        const { launchAtLogin } = asked.change
        if (launchAtLogin !== undefined) await setLaunchAtLogin(launchAtLogin, process)
        return this.#preferences.change(asked.change)
      }
      case 'restart-core':
        this.#core.restart()
        return undefined
      default:
        return unreachable(asked)
    }
  }

  /** Asks where a job runs; then the core lets go of everything before the program ends. */
  async #quit(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    try {
      const question = quitQuestion(this.#watch.standing.jobs)
      if (question !== null && !(await confirms(question, this.#window.current))) return
      this.#quitting = true
      await this.#core.leave()
      app.quit()
    } finally {
      this.#asking = false
    }
  }

  async #backUpAll(): Promise<void> {
    const sources = this.#watch.standing.sources
      .filter(({ onServer }) => onServer)
      .map(({ server, name }) => ({ server, source: name }))
    await this.#told(() =>
      this.#watch.client.call('backups.start', {
        ...{ sources, scope: 'full', destinations: [], exclude: [], credentials: true },
      }),
    )
  }

  async #told(act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
    } catch (error) {
      dialog.showErrorBox('That was not done', toWire(error).message)
    }
  }

  async #act(asked: NoticeAct): Promise<void> {
    const { client } = this.#watch
    switch (asked.does) {
      case 'show':
        this.#window.show(asked.route)
        return
      case 'back-up':
        await this.#told(() => client.call('backups.start', asked.request))
        return
      case 'run-schedule':
        await this.#told(() => client.call('schedules.run', { name: asked.schedule }))
        return
      case 'put-off': {
        const until = new Date(Date.now() + hour).toISOString()
        await this.#told(() => client.call('schedules.putOff', { name: asked.schedule, until }))
      }
    }
  }
}
