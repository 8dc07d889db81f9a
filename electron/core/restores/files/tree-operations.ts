import { isWithin } from '../mapping/map-path.ts'

/** An operation of `put-tree.sh` and its path below the root. */
export type Operation = readonly [
  code: 'o' | 'k' | 'n' | 'O' | 'K' | 'N' | 't' | 'T' | 'p' | 'P',
  path: Buffer,
]

interface Exchange {
  /** Paths that are exchanged, none within another. */
  readonly units: readonly Buffer[]
  readonly isThere: (path: Buffer) => boolean
  readonly isPut: (path: Buffer) => boolean
  /** Paths that stay, none within another. */
  readonly kept: readonly Buffer[]
  /** What the root's own time becomes, as `touch -d` reads it; null where it stays. */
  readonly time: string | null
}

const inverse = { o: 'O', k: 'K', n: 'N' } as const

/**
 * The renames that exchange a tree, in order, and those that take them back, to be done from the first whatever was
 * done. A unit's old tree goes first, what stays of it moves into the new one, which then takes its place.
 */
export function treeOperations({ units, isThere, isPut, kept, time }: Exchange): {
  readonly forth: readonly Operation[]
  readonly back: readonly Operation[]
} {
  const moves: (readonly ['o' | 'k' | 'n', Buffer])[] = []
  for (const unit of units) {
    if (kept.some((path) => path.equals(unit))) continue
    const inside = kept.filter((path) => isWithin(unit, path))
    if (isThere(unit)) moves.push(['o', unit], ...inside.map((path) => ['k', path] as const))
    if (isPut(unit) || inside.length > 0) moves.push(['n', unit])
  }
  const back = moves.map(([code, path]): Operation => [inverse[code], path]).reverse()
  const end: Operation[] = time === null ? [] : [['t', Buffer.from(time)]]
  return { forth: [...moves, ...end], back: [...back, ['T', Buffer.from('.')]] }
}

/** As the script reads them. */
export function encodeOperations(operations: readonly Operation[]): Buffer {
  return Buffer.concat(
    operations.flatMap(([code, path]) => [Buffer.from(`${code}\0`), path, Buffer.from('\0')]),
  )
}

/**
 * What is exchanged where only some paths are wanted: each of them, or the outermost folder on the way to it that is
 * not there.
 */
export function unitsOf(items: readonly Buffer[], isFolder: (path: Buffer) => boolean): Buffer[] {
  const units = new Map<string, Buffer>()
  for (const item of items) {
    let unit = item
    for (let at = item.indexOf(0x2f); at >= 0; at = item.indexOf(0x2f, at + 1)) {
      if (isFolder(item.subarray(0, at))) continue
      unit = item.subarray(0, at)
      break
    }
    units.set(unit.toString('latin1'), unit)
  }
  return [...units.values()]
}
