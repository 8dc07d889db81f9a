import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../../../shared/errors.ts'
import type { ChunkRun } from './chunk-cipher.ts'
import type { CipherReply, CipherRequest } from './cipher-worker.ts'

interface Pending {
  readonly resolve: (reply: CipherReply) => void
  readonly reject: (error: unknown) => void
}

/**
 * Seals and opens runs of chunks in a thread of its own, which starts with the first and keeps the process alive only
 * while something is asked of it. Answers come in the order of the questions. `data` of a run is gone once it was
 * given here: it must be memory of its own.
 */
export class CipherThread implements AsyncDisposable {
  readonly #pending = new Map<number, Pending>()
  #worker: Worker | null = null
  #next = 0

  /** Begins the hash of a stream that is to be sealed. Returns its number. */
  begin(header: Uint8Array): number {
    const stream = this.#next++
    this.#post({ kind: 'begin', stream, header })
    return stream
  }

  /** Seals the next run of a stream. `sha256`, in hex, is that of all of it and comes with the last. */
  async seal(
    stream: number,
    run: ChunkRun,
  ): Promise<{ readonly data: Buffer; readonly sha256: string | null }> {
    const { data, sha256 } = await this.#ask((id) => ({ ...run, kind: 'seal', stream, id }))
    return { data: Buffer.from(data?.buffer ?? new ArrayBuffer()), sha256 }
  }

  /** Forgets a stream that ends early. */
  forget(stream: number): void {
    if (this.#worker !== null) this.#post({ kind: 'forget', stream })
  }

  /** Opens a run; null where it is damaged (see `openRun`). */
  async open(run: ChunkRun): Promise<Buffer | null> {
    const { data } = await this.#ask((id) => ({ ...run, kind: 'open', id }))
    return data === null ? null : Buffer.from(data.buffer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
    this.#fail()
  }

  #ask(request: (id: number) => Extract<CipherRequest, { id: number }>): Promise<CipherReply> {
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#post(request(id))
      this.#worker?.ref()
    })
  }

  #post(request: CipherRequest): void {
    this.#worker ??= this.#start()
    const own = 'data' in request ? ownMemory(request.data) : []
    this.#worker.postMessage(request, own)
  }

  #start(): Worker {
    const worker = new Worker(new URL(`./cipher-worker${extname(import.meta.filename)}`, import.meta.url))
    worker.unref()
    worker.on('message', (reply: CipherReply) => {
      const asked = this.#pending.get(reply.id)
      this.#pending.delete(reply.id)
      if (this.#pending.size === 0) worker.unref()
      asked?.resolve(reply)
    })
    worker.on('error', () => this.#fail())
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null
      this.#fail()
    })
    return worker
  }

  #fail(): void {
    const left = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of left) {
      reject(new AppError('internal', 'The encryption stopped. Nothing that was stored before is lost.'))
    }
  }
}

/** What lies in memory that it shares with others, as small buffers do, is copied. */
function ownMemory({ buffer, length }: Uint8Array): readonly ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && length === buffer.byteLength ? [buffer] : []
}
