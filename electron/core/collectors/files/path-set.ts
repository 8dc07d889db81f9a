/**
 * A set of paths that costs 16 bytes or so for each, whatever their length: it keeps 53-bit hashes, so two paths
 * of half a million are mixed up once in ten thousand sets. For counting and for a second look, never for safety.
 */
export class PathSet {
  #slots = new Float64Array(1024)
  #size = 0

  get size(): number {
    return this.#size
  }

  has(path: Uint8Array): boolean {
    const key = hash(path)
    return this.#slots[this.#find(this.#slots, key)] === key
  }

  /** True where the path was not in the set before. */
  add(path: Uint8Array): boolean {
    if ((this.#size + 1) * 3 > this.#slots.length * 2) this.#grow()
    const key = hash(path)
    const at = this.#find(this.#slots, key)
    if (this.#slots[at] === key) return false
    this.#slots[at] = key
    this.#size += 1
    return true
  }

  #grow(): void {
    const wider = new Float64Array(this.#slots.length * 2)
    for (const key of this.#slots) if (key !== 0) wider[this.#find(wider, key)] = key
    this.#slots = wider
  }

  /** The slot that holds `key`, or the free one where it belongs. */
  #find(slots: Float64Array, key: number): number {
    const mask = slots.length - 1
    let at = (key % 0x7fffffff) & mask
    while (slots[at] !== 0 && slots[at] !== key) at = (at + 1) & mask
    return at
  }
}

/** Two FNV-1a walks with different bases make 53 bits; never 0, which marks a free slot. */
function hash(path: Uint8Array): number {
  let a = 0x811c9dc5
  let b = 0x1b873593
  for (const byte of path) {
    a = Math.imul(a ^ byte, 0x01000193)
    b = Math.imul(b ^ byte, 0x85ebca6b)
    b ^= b >>> 15
  }
  return (a >>> 0) * 0x200000 + (b >>> 11) || 1
}
