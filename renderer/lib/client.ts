import { createClient } from '../../shared/client.ts'
import type { Desktop } from './desktop.ts'
import type { Door } from './door.ts'
import { openHttpDoor } from './http-door.ts'

/** The product, by the desktop's own channel where there is one, else by HTTP. */
export async function connect(page: Window): Promise<Door> {
  return page.holdfast === undefined ? openHttpDoor(page) : openDesktopDoor(page.holdfast)
}

function openDesktopDoor({ call, onEvent }: Desktop): Door {
  return {
    host: 'desktop',
    client: createClient({
      call,
      closed: new AbortController().signal,
      // Whoever comes begins with a look at everything, as after events that were missed.
      onEvent: (listener) => {
        listener({ seq: 0, type: 'resync' })
        return onEvent(listener)
      },
    }),
    onState: (listener) => listener('open'),
    retry: () => undefined,
  }
}
