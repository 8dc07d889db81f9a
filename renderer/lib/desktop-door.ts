import { createClient, type Reply } from '../../shared/client.ts'
import type { AppEvent } from '../../shared/events.ts'
import { inWindowWords } from './advice-words.ts'
import type { Desktop } from './desktop.ts'
import type { Door } from './door.ts'

/** One call; an abort of its signal, which no channel can carry, is a message of its own. */
async function callDesktop(
  desktop: Desktop,
  call: { readonly method: string; readonly input: unknown; readonly signal: AbortSignal | undefined },
): Promise<Reply> {
  const { method, input, signal } = call
  if (signal === undefined) return inWindowWords(await desktop.call(method, input))
  const id = crypto.randomUUID()
  const cancel = () => void desktop.cancel(id)
  const reply = desktop.call(method, input, id)
  if (signal.aborted) cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    return inWindowWords(await reply)
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** Calls and events by the desktop's preload. */
export function openDesktopDoor(desktop: Desktop, page: Window): Door {
  desktop.onRoute((route) => (page.location.hash = route))
  return {
    host: 'desktop',
    client: createClient({
      call: (method, input, options) => callDesktop(desktop, { method, input, signal: options?.signal }),
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
