import { createClient } from '../../shared/client.ts'
import type { AppEvent } from '../../shared/events.ts'
import { inWindowWords } from './advice-words.ts'
import type { Desktop } from './desktop.ts'
import type { Door } from './door.ts'

/** Calls and events by the desktop's preload. */
export function openDesktopDoor(desktop: Desktop, page: Window): Door {
  desktop.onRoute((route) => (page.location.hash = route))
  return {
    host: 'desktop',
    client: createClient({
      call: async (method, input) => inWindowWords(await desktop.call(method, input)),
      closed: new AbortController().signal,
      onEvent: (listener: (event: AppEvent) => void) => {
        const unsubscribe = desktop.onEvent(listener)
        // Whoever comes begins with a look at everything, as after events that were missed.
        listener({ seq: 0, type: 'resync' })
        return unsubscribe
      },
    }),
    onState: (listener) => void desktop.onState(listener),
    retry: () => void desktop.restartCore(),
  }
}
