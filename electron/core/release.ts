/** A shorter buffer may lie in memory that it shares with others. */
const ownMemory = 64 * 1024

/**
 * Gives the memory of a buffer back at once. Pieces of an archive are so large, and lie so far outside of what the
 * garbage collector looks after, that leaving them to it means a collection for every few of them, and their memory
 * until then. Whoever still has the buffer or a part of it finds it empty: only for one that was made here and handed
 * to nobody who keeps it.
 */
export function release(bytes: Buffer): void {
  if (bytes.length >= ownMemory && bytes.buffer instanceof ArrayBuffer) bytes.buffer.transfer(0)
}

/** The same, where nothing else lies in its memory: for what a stream put together from smaller pieces. */
export function releaseWhole(bytes: Buffer): void {
  if (bytes.byteOffset === 0 && bytes.length === bytes.buffer.byteLength) release(bytes)
}

/**
 * The same for a chunk of a stream whose maker fills one piece of memory with chunk after chunk, as zlib does: nothing
 * is given back before the chunk that reaches its end.
 */
export function releaseFilled({ buffer, byteOffset, length }: Buffer): void {
  const end = byteOffset + length
  if (end === buffer.byteLength && end >= ownMemory && buffer instanceof ArrayBuffer) buffer.transfer(0)
}
