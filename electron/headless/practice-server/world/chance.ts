/** A number from 0 up to `below`, a whole one. */
export type Chance = (below: number) => number

/** Numbers that look random and are the same for the same seed on every computer (mulberry32, public domain). */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** One of a list that is not empty. */
export function oneOf<Item>(chance: Chance, items: readonly [Item, ...Item[]]): Item {
  return items[chance(items.length)] ?? items[0]
}
