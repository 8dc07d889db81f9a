import { hasCode } from '../../../shared/errors.ts'
import type { Destination } from './destination.ts'
import { forwarded } from './forwarded.ts'
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
    ...forwarded(destination),
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
  }
}
