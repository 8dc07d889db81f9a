import { contextBridge, ipcRenderer } from 'electron'
import type { CoreState, Desktop, DesktopRequest } from '../../shared/desktop.ts'
import type { AppEvent } from '../../shared/events.ts'

/** Plain values of one channel; the event object, which leads back to Electron, never reaches the page. */
function listen(channel: 'event' | 'state' | 'route', listener: (value: never) => void): () => void {
  const receive = (_event: unknown, value: unknown) => listener(value as never)
  ipcRenderer.on(channel, receive)
  return () => void ipcRenderer.off(channel, receive)
}

const ask = (request: DesktopRequest) => ipcRenderer.invoke('desktop', request)

const desktop: Desktop = {
  call: (method, input, id) =>
    ipcRenderer.invoke('rpc', id === undefined ? { method, input } : { method, input, id }) as ReturnType<
      Desktop['call']
    >,
  cancel: (id) => ipcRenderer.invoke('cancel', { id }) as Promise<void>,
  onEvent: (listener) => listen('event', (event: AppEvent) => listener(event)),
  onState: (listener) => {
    const unsubscribe = listen('state', (state: CoreState) => listener(state))
    void ipcRenderer.invoke('state').then((state: CoreState) => listener(state))
    return unsubscribe
  },
  onRoute: (listener) => listen('route', (route: string) => listener(route)),
  pick: (kind) => ask({ ask: 'pick', kind }) as ReturnType<Desktop['pick']>,
  readPreferences: () => ask({ ask: 'read-preferences' }) as ReturnType<Desktop['readPreferences']>,
  changePreferences: (change) =>
    ask({ ask: 'change-preferences', change }) as ReturnType<Desktop['changePreferences']>,
  restartCore: () => ask({ ask: 'restart-core' }) as Promise<void>,
}

contextBridge.exposeInMainWorld('holdfast', desktop)
