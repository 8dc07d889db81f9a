const slash = 0x2f
const depthCap = 512
const nameCap = 255
const pathCap = 4096

/** A path below a tree's root, without empty and `.` segments (empty for the root itself), or why it has none. */
export type TreePath =
  | { readonly kind: 'path'; readonly path: Buffer; readonly names: readonly Buffer[] }
  | { readonly kind: 'bad'; readonly why: string }
  /** It belongs to another part of the archive. */
  | { readonly kind: 'elsewhere' }

/** Reads an archive's path as one below `root`, which is plain itself. Linux rules: any byte but NUL and slash. */
export function treePath(path: Buffer, root: Buffer): TreePath {
  if (path.length === 0) return bad('it has no name')
  if (path.includes(0)) return bad('its name has a NUL')
  if (path[0] === slash) return bad('its path is absolute')
  if (path.length > pathCap) return bad(`its path is longer than ${pathCap} bytes`)
  const names = segments(path)
  if (names.length > depthCap) return bad(`it lies more than ${depthCap} folders deep`)
  if (names.some(isUp)) return bad('its path leads out of the tree')
  if (names.some((name) => name.length > nameCap)) return bad(`its name is longer than ${nameCap} bytes`)
  const tops = segments(root)
  if (names.length < tops.length || tops.some((top, n) => names[n]?.equals(top) !== true)) {
    return { kind: 'elsewhere' }
  }
  const below = names.slice(tops.length)
  return { kind: 'path', path: joinNames(below), names: below }
}

/** The segments of a path that say something: neither empty nor `.`. */
export function segments(path: Buffer): Buffer[] {
  const names: Buffer[] = []
  for (let at = 0; at <= path.length;) {
    const next = path.indexOf(slash, at)
    const end = next < 0 ? path.length : next
    const name = path.subarray(at, end)
    if (name.length > 0 && !(name.length === 1 && name[0] === 0x2e)) names.push(name)
    at = end + 1
  }
  return names
}

export function isUp(name: Buffer): boolean {
  return name.length === 2 && name[0] === 0x2e && name[1] === 0x2e
}

const separator = Buffer.from('/')

export function joinNames(names: readonly Buffer[]): Buffer {
  return Buffer.concat(names.flatMap((name, n) => (n === 0 ? [name] : [separator, name])))
}

function bad(why: string): TreePath {
  return { kind: 'bad', why }
}
