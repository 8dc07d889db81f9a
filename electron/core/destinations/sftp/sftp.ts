import { randomBytes } from 'node:crypto'
import { AppError } from '../../../../shared/errors.ts'
import type { Destination, DestinationCapabilities, Key, Range, StoredObject } from '../destination.ts'
import { assertKey, partialOf } from '../key.ts'
import { walkRemote } from './list.ts'
import type { SftpProfile } from './link.ts'
import { createPartial, discardPartial, type PartialFile } from './partial.ts'
import { requireSftpPlace } from './place.ts'
import { replaceRemote } from './publish.ts'
import { readRemote } from './read.ts'
import { SftpSession, type SftpSessionOptions } from './session.ts'
import { SftpUpload } from './upload.ts'

type Cancellable = { readonly signal: AbortSignal }

/**
 * A folder on an SFTP server, which must have been prepared (`prepareSftpPlace`).
 * @throws as a login does, and `unreachable` where the folder is not there as it was prepared
 */
export async function openSftpDestination(
  profile: SftpProfile,
  options: SftpSessionOptions & Cancellable,
): Promise<Destination> {
  const session = new SftpSession(profile, options)
  const stop = () => void session[Symbol.asyncDispose]()
  options.signal.addEventListener('abort', stop, { once: true })
  try {
    await session.once(
      `Could not look into ${session.path()}`,
      (remote) => requireSftpPlace(session, remote),
      options,
    )
    return new SftpDestination(session)
  } catch (error) {
    await session[Symbol.asyncDispose]()
    throw error
  } finally {
    options.signal.removeEventListener('abort', stop)
  }
}

class SftpDestination implements Destination {
  readonly name: string
  readonly capabilities: DestinationCapabilities = {
    readBack: true,
    confirms: false,
    exclusiveCreate: true,
    replace: true,
    path: () => null,
  }
  readonly #session: SftpSession
  readonly #claims = new Map<Key, PartialFile>()

  constructor(session: SftpSession) {
    this.name = session.profile.name
    this.#session = session
  }

  async create(key: Key, { signal }: Cancellable): Promise<SftpUpload> {
    assertKey(key)
    const claimed = this.#claims.get(key)
    this.#claims.delete(key)
    const file = claimed ?? (await this.#openPartial(key, partialOf(key), { signal }))
    if (file === null) {
      throw new AppError(
        'conflict',
        `${key} is being written by another run, or one was interrupted. It was left as it is: choose another name.`,
      )
    }
    return new SftpUpload(this.#session, key, file, { signal })
  }

  async put(
    key: Key,
    body: Uint8Array,
    { signal, replace = false }: Cancellable & { readonly replace?: boolean },
  ): Promise<StoredObject> {
    assertKey(key)
    const temporary = `${key}.${randomBytes(4).toString('hex')}.partial`
    const file = await this.#openPartial(key, temporary, { signal })
    if (file === null) throw new AppError('internal', `A random name beside ${key} was taken.`)
    if (!replace) return putNew(new SftpUpload(this.#session, key, file, { signal }), body)
    return this.#session.once(
      `Could not replace ${key}`,
      async (remote) => {
        try {
          await this.#write(file, body)
          await replaceRemote(this.#session, remote, file.path, this.#session.path(key))
          const { size, mtime } = await remote.fstat(file.handle)
          await remote.close(file.handle)
          return { key, size, modified: new Date(mtime * 1000) }
        } catch (error) {
          await discardPartial(file)
          throw error
        }
      },
      { signal },
    )
  }

  async claim(key: Key, taken: readonly Key[], { signal }: Cancellable): Promise<boolean> {
    assertKey(key)
    const file = await this.#openPartial(key, partialOf(key), { signal })
    if (file === null) return false
    try {
      const found = await Promise.all([key, ...taken].map((name) => this.stat(name, { signal })))
      if (found.some((object) => object !== null)) {
        await discardPartial(file)
        return false
      }
    } catch (error) {
      await discardPartial(file)
      throw error
    }
    this.#claims.set(key, file)
    return true
  }

  async release(key: Key): Promise<void> {
    const file = this.#claims.get(key)
    this.#claims.delete(key)
    if (file !== undefined) await discardPartial(file)
  }

  async get(key: Key, options: Cancellable & { readonly range?: Range }) {
    assertKey(key)
    return readRemote(this.#session, key, options)
  }

  async stat(key: Key, options: Cancellable): Promise<StoredObject | null> {
    assertKey(key)
    const facts = await this.#session.run(
      `Could not look at ${key}`,
      (remote) => remote.lstat(this.#session.path(key)),
      options,
    )
    return facts?.isFile() === true ? { key, size: facts.size, modified: new Date(facts.mtime * 1000) } : null
  }

  list(prefix: string, options: Cancellable): AsyncIterable<StoredObject> {
    return walkRemote(this.#session, prefix, options)
  }

  async delete(key: Key, options: Cancellable): Promise<void> {
    assertKey(key)
    const path = this.#session.path(key)
    await this.#session.run(
      `Could not delete ${key}`,
      async (remote) => {
        if ((await remote.lstat(path))?.isFile() !== true) return
        await remote.unlink(path).catch(async (error: unknown) => {
          if ((await remote.lstat(path)) !== null) throw error
        })
      },
      options,
    )
  }

  async free(options: Cancellable): Promise<number | null> {
    return this.#session.run(
      'Could not ask for the free space',
      (remote) => this.#session.free(remote),
      options,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const key of [...this.#claims.keys()]) await this.release(key)
    await this.#session[Symbol.asyncDispose]()
  }

  /** Creates the file for an upload's bytes; null where the name is taken. */
  async #openPartial(key: Key, name: Key, options: Cancellable): Promise<PartialFile | null> {
    return this.#session.once(
      `Could not begin ${key}`,
      async (remote) => {
        await requireSftpPlace(this.#session, remote)
        return createPartial(remote, this.#session.path(name))
      },
      options,
    )
  }

  async #write({ remote, handle }: PartialFile, body: Uint8Array): Promise<void> {
    await remote.write(handle, Buffer.from(body), 0)
    await remote.sync(handle)
  }
}

async function putNew(upload: SftpUpload, body: Uint8Array): Promise<StoredObject> {
  try {
    await upload.write(body)
    return await upload.commit()
  } finally {
    await upload.abort()
  }
}
