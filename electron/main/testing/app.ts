import { EventEmitter } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const home = mkdtempSync(join(tmpdir(), 'holdfast-electron-'))

/** What the system was asked to show or to do, in order. */
export const shown: { readonly what: string; readonly value: unknown }[] = []
export const show = (what: string, value: unknown) => void shown.push({ what, value })

/** What people answer to dialogs, in order. */
export const answers: { readonly picks: string[][]; readonly buttons: number[] } = { picks: [], buttons: [] }

class CommandLine {
  readonly switches = new Set<string>()
  hasSwitch(name: string): boolean {
    return this.switches.has(name)
  }
}

class App extends EventEmitter {
  isPackaged = false
  readonly commandLine = new CommandLine()
  readonly #paths = new Map([
    ['userData', join(home, 'window')],
    ['appData', home],
  ])
  whenReady(): Promise<void> {
    return Promise.resolve()
  }
  getPath(name: string): string {
    const path = this.#paths.get(name)
    if (path === undefined) throw new Error(`Failed to get '${name}' path`)
    return path
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path)
  }
  getVersion(): string {
    return '0.0.0'
  }
  enableSandbox(): void {
    show('sandbox', true)
  }
  requestSingleInstanceLock(): boolean {
    return true
  }
  setLoginItemSettings(settings: { readonly openAtLogin?: boolean; readonly args?: string[] }): void {
    show('login-item', settings)
  }
  /** As Electron: asks everybody, and ends only where nobody objects. */
  quit(): void {
    const event = preventable()
    this.emit('before-quit', event)
    if (!event.defaultPrevented) show('quit', null)
  }
  exit(exitCode?: number): void {
    show('exit', exitCode)
  }
}
export const app = new App()

export interface Preventable {
  readonly defaultPrevented: boolean
  preventDefault(): void
}
export function preventable<T extends object>(facts: T = {} as T): Preventable & T {
  let prevented = false
  return {
    ...facts,
    get defaultPrevented() {
      return prevented
    },
    preventDefault: () => (prevented = true),
  }
}
