import { Readable } from 'node:stream'
import type { Throttle } from '../throttle.ts'
import type { Destination } from './destination.ts'
import { forwarded } from './forwarded.ts'

async function* slowly(
  body: Readable,
  throttle: Throttle,
  options: { readonly signal: AbortSignal },
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      await throttle.take(chunk.length, options)
      yield chunk
    }
  } finally {
    body.destroy()
  }
}

/** A destination from which bodies come no faster than a throttle lets them, besides its own limit. */
export function paced(destination: Destination, throttle: Throttle): Destination {
  return {
    ...forwarded(destination),
    get: async (key, options) =>
      Readable.from(slowly(await destination.get(key, options), throttle, options), { objectMode: false }),
  }
}
