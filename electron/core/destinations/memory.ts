import { Readable } from 'node:stream'
import { AppError, cancellation, throwIfCancelled } from '../../../shared/errors.ts'
import type { Clock } from '../ports.ts'
import type { Destination, Key, Range, StoredObject, Upload } from './destination.ts'
import { assertKey, partialOf } from './key.ts'

interface Body {
  readonly bytes: Buffer
  readonly modified: Date
}

/** What lies at a memory destination; several open destinations may share one. */
export type MemoryPlace = Map<Key, Body>

type Cancellable = { readonly signal: AbortSignal }

/** A destination for tests: lives as long as its place, holds everything in memory. */
export function openMemoryDestination(options: {
  readonly name: string
  readonly clock: Pick<Clock, 'now'>
  readonly place?: MemoryPlace
}): Destination {
  return new MemoryDestination(options.name, options.place ?? new Map<Key, Body>(), options.clock)
}

class MemoryDestination implements Destination {
  readonly name: string
  readonly capabilities = {
    ...{ readBack: true, confirms: false, exclusiveCreate: true, replace: true },
    path: () => null,
  }
  readonly #place: MemoryPlace
  readonly #clock: Pick<Clock, 'now'>
  readonly #claims = new Map<Key, Body>()

  constructor(name: string, place: MemoryPlace, clock: Pick<Clock, 'now'>) {
    this.name = name
    this.#place = place
    this.#clock = clock
  }

  async create(key: Key, { signal }: Cancellable): Promise<Upload> {
    await started(key, signal)
    const partial = partialOf(key)
    const claimed = this.#claims.get(key)
    this.#claims.delete(key)
    if (claimed === undefined && this.#place.has(partial)) throw taken(key)
    const body = claimed ?? this.#body(Buffer.alloc(0))
    this.#place.set(partial, body)
    return this.#upload(key, body, signal)
  }

  async put(key: Key, body: Uint8Array, options: Cancellable & { readonly replace?: boolean }) {
    await started(key, options.signal)
    if (options.replace !== true && this.#place.has(key)) throw taken(key)
    return this.#store(key, Buffer.from(body))
  }

  async claim(key: Key, names: readonly Key[], { signal }: Cancellable): Promise<boolean> {
    await started(key, signal)
    if ([key, partialOf(key), ...names].some((name) => this.#place.has(name))) return false
    const body = this.#body(Buffer.alloc(0))
    this.#place.set(partialOf(key), body)
    this.#claims.set(key, body)
    return true
  }

  release(key: Key): Promise<void> {
    const body = this.#claims.get(key)
    this.#claims.delete(key)
    if (body !== undefined) this.#removeOwn(partialOf(key), body)
    return Promise.resolve()
  }

  async get(key: Key, { signal, range }: Cancellable & { readonly range?: Range }): Promise<Readable> {
    await started(key, signal)
    const found = this.#place.get(key)
    if (found === undefined) {
      throw new AppError('not-found', `There is no ${key} at this destination. Nothing was changed.`)
    }
    const { start, end } = range ?? { start: 0, end: found.bytes.length }
    if (!(start >= 0 && start <= end)) {
      throw new AppError('invalid-input', `${start} to ${end} is not a range of bytes. Nothing was read.`)
    }
    if (end > found.bytes.length) {
      throw new AppError(
        'corrupt',
        `${key} ends at byte ${found.bytes.length}: this copy was cut. Use another copy.`,
      )
    }
    const stream = Readable.from(slices(found.bytes.subarray(start, end)), { objectMode: false })
    const cancel = () => stream.destroy(cancellation(signal))
    signal.addEventListener('abort', cancel, { once: true })
    return stream.once('close', () => signal.removeEventListener('abort', cancel))
  }

  async stat(key: Key, { signal }: Cancellable): Promise<StoredObject | null> {
    await started(key, signal)
    const found = this.#place.get(key)
    return found === undefined ? null : { key, size: found.bytes.length, modified: found.modified }
  }

  async *list(prefix: string, { signal }: Cancellable): AsyncGenerator<StoredObject> {
    for (const key of [...this.#place.keys()].sort()) {
      const found = key.startsWith(prefix) ? await this.stat(key, { signal }) : null
      if (found !== null) yield found
    }
  }

  async delete(key: Key, { signal }: Cancellable): Promise<void> {
    await started(key, signal)
    this.#place.delete(key)
  }

  async free({ signal }: Cancellable): Promise<number | null> {
    await started('free', signal)
    return null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const key of [...this.#claims.keys()]) await this.release(key)
  }

  #body(bytes: Buffer): Body {
    return { bytes, modified: this.#clock.now() }
  }

  #store(key: Key, bytes: Buffer): StoredObject {
    const body = this.#body(bytes)
    this.#place.set(key, body)
    return { key, size: bytes.length, modified: body.modified }
  }

  #removeOwn(name: Key, body: Body): void {
    if (this.#place.get(name) === body) this.#place.delete(name)
  }

  #upload(key: Key, own: Body, signal: AbortSignal): Upload {
    const chunks: Buffer[] = []
    const partial = partialOf(key)
    return {
      write: async (chunk) => {
        await started(key, signal)
        chunks.push(Buffer.from(chunk))
      },
      commit: async () => {
        await started(key, signal)
        if (this.#place.has(key) || this.#place.get(partial) !== own) throw taken(key)
        this.#removeOwn(partial, own)
        return { ...this.#store(key, Buffer.concat(chunks)), confirmed: false }
      },
      abort: () => {
        this.#removeOwn(partial, own)
        return Promise.resolve()
      },
    }
  }
}

/** Every operation takes a turn of the event loop, as real ones do. */
async function started(key: Key, signal: AbortSignal): Promise<void> {
  assertKey(key)
  await Promise.resolve()
  throwIfCancelled(signal)
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += 65_536) yield bytes.subarray(start, start + 65_536)
}

function taken(key: Key): AppError {
  return new AppError('conflict', `${key} exists already. It was left as it is: choose another name.`)
}
