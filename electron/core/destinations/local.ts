import { randomBytes } from 'node:crypto'
import { open, rename, rm, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError, throwIfCancelled } from '../../../shared/errors.ts'
import { makeFolder, syncFolder, writeFully } from '../store/durable.ts'
import { errnoOf } from '../store/file-error.ts'
import type { Destination, DestinationCapabilities, Key, Range, StoredObject } from './destination.ts'
import { partialOf } from './key.ts'
import { statLocal, walk } from './local-list.ts'
import { openLocalPlace, type LocalPlace } from './local-place.ts'
import { readLocal } from './local-read.ts'
import { discard, LocalUpload, type PartialFile } from './local-upload.ts'

type Cancellable = { readonly signal: AbortSignal }

/**
 * A folder on this computer or on a disk plugged into it. The folder must have been prepared (`prepareLocalPlace`).
 * @throws `unreachable` where it is not there, `permission-denied`
 */
export async function openLocalDestination(options: {
  readonly name: string
  readonly path: string
}): Promise<Destination> {
  return new LocalDestination(options.name, await openLocalPlace(options.path))
}

class LocalDestination implements Destination {
  readonly name: string
  readonly capabilities: DestinationCapabilities
  readonly #place: LocalPlace
  readonly #claims = new Map<Key, PartialFile>()

  constructor(name: string, place: LocalPlace) {
    this.name = name
    this.#place = place
    this.capabilities = {
      readBack: true,
      confirms: false,
      exclusiveCreate: true,
      replace: true,
      path: (key) => place.path(key),
    }
  }

  async create(key: Key, { signal }: Cancellable): Promise<LocalUpload> {
    const claimed = this.#claims.get(key)
    this.#claims.delete(key)
    const file = claimed ?? (await this.#openPartial(key, partialOf(key), { signal }))
    if (file === null) {
      throw new AppError(
        'conflict',
        `${key} is being written by another run, or one was interrupted. It was left as it is: choose another name.`,
      )
    }
    return new LocalUpload(this.#place, key, file, { signal })
  }

  async put(
    key: Key,
    body: Uint8Array,
    { signal, replace = false }: Cancellable & { readonly replace?: boolean },
  ): Promise<StoredObject> {
    const file = await this.#openPartial(key, `${key}.${randomBytes(4).toString('hex')}.partial`, { signal })
    if (file === null) throw new AppError('internal', `A random name beside ${key} was taken.`)
    if (!replace) return putNew(new LocalUpload(this.#place, key, file, { signal }), body)
    return this.#doing(`Could not replace ${key}`, { signal }, async () => {
      await using _ = { [Symbol.asyncDispose]: () => discard(file) }
      await writeFully(file.handle, body)
      await file.handle.sync()
      await this.#place.ensurePresent()
      const path = this.#place.path(key)
      await rename(file.path, path)
      await syncFolder(dirname(path))
      return { key, size: body.byteLength, modified: (await file.handle.stat()).mtime }
    })
  }

  async claim(key: Key, taken: readonly Key[], { signal }: Cancellable): Promise<boolean> {
    const file = await this.#openPartial(key, partialOf(key), { signal })
    if (file === null) return false
    try {
      for (const name of [key, ...taken]) {
        if ((await this.stat(name, { signal })) === null) continue
        await discard(file)
        return false
      }
    } catch (error) {
      await discard(file)
      throw error
    }
    this.#claims.set(key, file)
    return true
  }

  async release(key: Key): Promise<void> {
    const file = this.#claims.get(key)
    this.#claims.delete(key)
    if (file !== undefined) await discard(file)
  }

  async get(key: Key, options: Cancellable & { readonly range?: Range }) {
    const path = this.#place.path(key)
    return this.#doing(`Could not read ${key}`, options, async () => {
      await this.#place.ensurePresent()
      return readLocal(path, key, options)
    })
  }

  async stat(key: Key, options: Cancellable): Promise<StoredObject | null> {
    const path = this.#place.path(key)
    return this.#doing(`Could not look at ${key}`, options, async () => {
      await this.#place.ensurePresent()
      return statLocal(path, key)
    })
  }

  async *list(prefix: string, options: Cancellable): AsyncGenerator<StoredObject> {
    try {
      await this.#place.ensurePresent()
      yield* walk(this.#place.root, prefix, options)
    } catch (error) {
      throw await this.#place.explain(error, `Could not list ${this.#place.root}`)
    }
  }

  async delete(key: Key, options: Cancellable): Promise<void> {
    const path = this.#place.path(key)
    await this.#doing(`Could not delete ${key}`, options, async () => {
      await this.#place.ensurePresent()
      if ((await statLocal(path, key)) === null) return
      await rm(path, { force: true })
      await syncFolder(dirname(path))
    })
  }

  async free(options: Cancellable): Promise<number | null> {
    return this.#doing('Could not ask for the free space', options, async () => {
      await this.#place.ensurePresent()
      const { bavail, bsize } = await statfs(this.#place.root)
      return bavail * bsize
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const key of [...this.#claims.keys()]) await this.release(key)
  }

  /** Creates the file for an upload's bytes; null where the name is taken. */
  async #openPartial(key: Key, name: Key, options: Cancellable): Promise<PartialFile | null> {
    this.#place.path(key)
    const path = this.#place.path(name)
    return this.#doing(`Could not begin ${key}`, options, async () => {
      await this.#place.ensurePresent()
      await makeFolder(dirname(path))
      try {
        return { path, handle: await open(path, 'wx', 0o600) }
      } catch (error) {
        if (errnoOf(error) === 'EEXIST') return null
        throw error
      }
    })
  }

  async #doing<T>(action: string, { signal }: Cancellable, step: () => Promise<T>): Promise<T> {
    throwIfCancelled(signal)
    try {
      return await step()
    } catch (error) {
      throw await this.#place.explain(error, action)
    }
  }
}

async function putNew(upload: LocalUpload, body: Uint8Array): Promise<StoredObject> {
  try {
    await upload.write(body)
    return await upload.commit()
  } finally {
    await upload.abort()
  }
}
