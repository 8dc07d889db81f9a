import type { AppEvent } from '../../shared/events.ts'

/** The events of a `text/event-stream` body, as they come. Throws where the stream breaks off. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<AppEvent> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const pieces = (rest + value).split('\n\n')
    rest = pieces.pop() ?? ''
    for (const piece of pieces) {
      const data = piece.split('\n').find((line) => line.startsWith('data: '))
      if (data !== undefined) yield JSON.parse(data.slice(6)) as AppEvent
    }
  }
}
