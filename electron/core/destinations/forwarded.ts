import type { Destination } from './destination.ts'

/** A destination that passes everything on to another, for what changes some of its operations. */
export function forwarded(destination: Destination): Destination {
  return {
    name: destination.name,
    capabilities: destination.capabilities,
    create: (key, options) => destination.create(key, options),
    put: (key, body, options) => destination.put(key, body, options),
    claim: (key, taken, options) => destination.claim(key, taken, options),
    release: (key) => destination.release(key),
    get: (key, options) => destination.get(key, options),
    stat: (key, options) => destination.stat(key, options),
    list: (prefix, options) => destination.list(prefix, options),
    delete: (key, options) => destination.delete(key, options),
    free: (options) => destination.free(options),
    [Symbol.asyncDispose]: () => destination[Symbol.asyncDispose](),
  }
}
