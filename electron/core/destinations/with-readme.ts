import { hasCode } from '../../../shared/errors.ts'
import type { Destination } from './destination.ts'
import { readmeKey, readmeText } from './readme-text.ts'

type Cancellable = { readonly signal: AbortSignal }

/**
 * A destination whose first write puts `README.txt` there, where there is none. A README that was changed or put
 * there by others is left alone.
 */
export function withReadme(destination: Destination): Destination {
  let written: Promise<void> | null = null

  const put = async (options: Cancellable) => {
    if ((await destination.stat(readmeKey, options)) !== null) return
    try {
      await destination.put(readmeKey, Buffer.from(readmeText), options)
    } catch (error) {
      if (!hasCode(error, 'conflict')) throw error
    }
  }
  const before = async (options: Cancellable) => {
    written ??= put(options).catch((error: unknown) => {
      written = null
      throw error
    })
    await written
  }

  return {
    name: destination.name,
    capabilities: destination.capabilities,
    async create(key, options) {
      await before(options)
      return destination.create(key, options)
    },
    async put(key, body, options) {
      await before(options)
      return destination.put(key, body, options)
    },
    async claim(key, taken, options) {
      await before(options)
      return destination.claim(key, taken, options)
    },
    release: (key) => destination.release(key),
    get: (key, options) => destination.get(key, options),
    stat: (key, options) => destination.stat(key, options),
    list: (prefix, options) => destination.list(prefix, options),
    delete: (key, options) => destination.delete(key, options),
    free: (options) => destination.free(options),
    [Symbol.asyncDispose]: () => destination[Symbol.asyncDispose](),
  }
}
