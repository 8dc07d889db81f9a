/** What a scan saw of an old path: in serialized PHP strings, and anywhere. */
export interface PathCount {
  /** Serialized strings that hold the path; changing it there would need a new length. */
  readonly serialized: number
  /** All places where the path stands whole, those in serialized strings included. */
  readonly places: number
}

/** More than any `s:LENGTH:\\\\"` takes. */
const tokenReach = 64

/**
 * Counts where a path of the old server stands in a stream of bytes, such as a dump of `wp_options`. Nothing is
 * changed: databases are restored as they were. Quotes may be escaped with backslashes, as in SQL. Memory is flat.
 * Hexadecimal dumps (`--hex-blob`) are not looked into.
 */
export async function countSerializedPaths(
  bytes: AsyncIterable<Uint8Array>,
  path: Uint8Array,
): Promise<PathCount> {
  const text = Buffer.from(path).toString('latin1')
  const name = String.raw`A-Za-z0-9._~@+\x80-\xff-`
  const old = text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
  const tokens = new RegExp(
    String.raw`(?<open>(?<![A-Za-z0-9_])s:[0-9]{1,10}:\\*")|(?<close>\\*";)|(?<![${name}])${old}(?![${name}])`,
    'g',
  )
  const reach = tokenReach + text.length
  let held = ''
  let skip = 0
  let state: 'outside' | 'inside' | 'hit' = 'outside'
  const count = { serialized: 0, places: 0 }

  const take = (window: string, until: number) => {
    tokens.lastIndex = skip
    for (
      let match = tokens.exec(window);
      match !== null && match.index < until;
      match = tokens.exec(window)
    ) {
      const { open, close } = match.groups ?? {}
      skip = tokens.lastIndex
      if (open === undefined && close === undefined) {
        count.places += 1
        if (state === 'inside') state = 'hit'
        continue
      }
      if (state === 'hit') count.serialized += 1
      state = open === undefined ? 'outside' : 'inside'
    }
  }
  for await (const chunk of bytes) {
    const window = held + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
    const until = Math.max(0, window.length - reach)
    take(window, until)
    /* One token's length stays in front, for what must not precede a match. */
    const kept = Math.max(0, Math.min(until, Math.max(skip, until)) - reach)
    held = window.slice(kept)
    skip = Math.max(skip, until) - kept
  }
  take(held, held.length)
  return count
}
