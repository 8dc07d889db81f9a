import type { ServerResponse } from 'node:http'
import type { AppEvent } from '../../../shared/events.ts'
import type { EventBus } from '../../core/event-bus.ts'

/** Bytes that may wait for a page that does not read, before its stream is cut; it comes again and is told `resync`. */
const backlog = 8 * 1024 * 1024
/** Milliseconds between signs of life, so that a dead connection is noticed. */
const pulse = 15_000

function line(event: AppEvent): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(event)}\n\n`
}

/**
 * Sends events as a stream until the page goes: what it missed since `after` first, or `resync`. A page that comes
 * for the first time (`after` null) gets `resync` with the number that it can go on from.
 */
export function streamEvents(
  response: ServerResponse,
  events: EventBus,
  { after }: { readonly after: number | null },
): void {
  const send = (text: string) => {
    if (response.writableLength > backlog) response.destroy()
    else response.write(text)
  }
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  if (after === null) send(line({ seq: events.seq, type: 'resync' }))
  const unsubscribe = events.subscribe((event) => send(line(event)), { after })
  const beat = setInterval(() => send(': \n\n'), pulse)
  response.on('close', () => {
    unsubscribe()
    clearInterval(beat)
  })
}
