import { createHash, type Hash } from 'node:crypto'
import { parentPort } from 'node:worker_threads'
import { openRun, sealRun, type ChunkRun } from './chunk-cipher.ts'

/** What the owner of this thread may ask for. `stream` numbers what is being sealed, for the hash over all of it. */
export type CipherRequest =
  | { readonly kind: 'begin'; readonly stream: number; readonly header: Uint8Array }
  | ({ readonly kind: 'seal'; readonly stream: number; readonly id: number } & ChunkRun)
  | { readonly kind: 'forget'; readonly stream: number }
  | ({ readonly kind: 'open'; readonly id: number } & ChunkRun)

/** The answer to `seal` and `open`. */
export interface CipherReply {
  readonly id: number
  /** Null where it could not be opened. */
  readonly data: Uint8Array | null
  /** SHA-256 in hex of header and payload, with the last run that was sealed. */
  readonly sha256: string | null
}

const hashes = new Map<number, Hash>()

function answer(id: number, data: Uint8Array<ArrayBuffer> | null, sha256: string | null): void {
  parentPort?.postMessage({ id, data, sha256 } satisfies CipherReply, data === null ? [] : [data.buffer])
}

parentPort?.on('message', (request: CipherRequest) => {
  switch (request.kind) {
    case 'begin':
      hashes.set(request.stream, createHash('sha256').update(request.header))
      return
    case 'forget':
      hashes.delete(request.stream)
      return
    case 'open':
      answer(request.id, openRun(request), null)
      return
    case 'seal': {
      const data = sealRun(request)
      const hash = hashes.get(request.stream)?.update(data)
      const sha256 = request.last ? (hash?.digest('hex') ?? null) : null
      if (request.last) hashes.delete(request.stream)
      answer(request.id, data, sha256)
    }
  }
})
