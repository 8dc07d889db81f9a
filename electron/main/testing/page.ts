import { EventEmitter } from 'node:events'
import { app, preventable } from './app.ts'

export interface Frame {
  readonly url: string
  readonly origin: string
  readonly parent: Frame | null
}

const rendererChannels = new Map<number, EventEmitter>()
let nextId = 1

type OpenHandler = (details: { readonly url: string }) => { readonly action: 'allow' | 'deny' }

export class WebContents extends EventEmitter {
  readonly id = nextId++
  url = ''
  windowOpenHandler: OpenHandler = () => ({ action: 'allow' })
  getURL(): string {
    return this.url
  }
  isDestroyed(): boolean {
    return false
  }
  send(channel: string, ...values: readonly unknown[]): void {
    rendererChannels.get(this.id)?.emit(channel, {}, ...(structuredClone(values) as unknown[]))
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.windowOpenHandler = handler
  }
}

interface Bounds {
  x: number
  y: number
  width: number
  height: number
}

export interface WindowOptions extends Partial<Bounds> {
  readonly webPreferences?: Readonly<Record<string, unknown>>
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = []
  readonly webContents = new WebContents()
  readonly options: WindowOptions
  #visible = false
  #focused = false
  #maximized = false
  bounds: Bounds

  constructor(options: WindowOptions = {}) {
    super()
    this.options = options
    const { x = 0, y = 0, width = 800, height = 600 } = options
    this.bounds = { x, y, width, height }
    BrowserWindow.all.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }
  loadURL(url: string): Promise<void> {
    this.webContents.url = url
    setImmediate(() => this.emit('ready-to-show'))
    return Promise.resolve()
  }
  show(): void {
    this.#visible = true
    this.#focused = true
  }
  hide(): void {
    this.#visible = false
    this.#focused = false
  }
  focus(): void {
    this.#focused = true
  }
  isVisible(): boolean {
    return this.#visible
  }
  isFocused(): boolean {
    return this.#focused
  }
  isMinimized(): boolean {
    return false
  }
  restore(): void {
    this.show()
  }
  isMaximized(): boolean {
    return this.#maximized
  }
  maximize(): void {
    this.#maximized = true
  }
  getNormalBounds(): Bounds {
    return { ...this.bounds }
  }
  close(): void {
    const event = preventable()
    this.emit('close', event)
    if (!event.defaultPrevented) this.emit('closed')
  }
}

type InvokeHandler = (event: { readonly senderFrame: Frame | null }, ...values: unknown[]) => unknown

class IpcMain extends EventEmitter {
  readonly handlers = new Map<string, InvokeHandler>()
  handle(channel: string, listener: InvokeHandler): void {
    if (this.handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.handlers.set(channel, listener)
  }
}
export const ipcMain = new IpcMain()

/** A call from a frame, as Electron carries it: cloned on both ways. */
export async function invokeFrom(
  frame: Frame | null,
  channel: string,
  ...values: readonly unknown[]
): Promise<unknown> {
  const handler = ipcMain.handlers.get(channel)
  if (handler === undefined) throw new Error(`No handler registered for '${channel}'`)
  return structuredClone(await handler({ senderFrame: frame }, ...(structuredClone(values) as unknown[])))
}

class IpcRenderer extends EventEmitter {
  invoke(channel: string, ...values: readonly unknown[]): Promise<unknown> {
    return invokeFrom({ url: 'app://holdfast/', origin: 'app://holdfast', parent: null }, channel, ...values)
  }
}
/** The renderer of the newest window. */
export const ipcRenderer = new IpcRenderer()
app.on('web-contents-created', (_event, contents: WebContents) =>
  rendererChannels.set(contents.id, ipcRenderer),
)

export const exposed: Record<string, unknown> = {}
export const contextBridge = {
  exposeInMainWorld(apiKey: string, api: unknown): void {
    exposed[apiKey] = api
  },
}
