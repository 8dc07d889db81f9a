import { isUtf8 } from 'node:buffer'

/** How this computer names files: bytes as they are, any Unicode in either case, or the customs of Windows. */
export type NameRules = 'bytes' | 'unicode' | 'windows'

export function nameRulesOf(platform: NodeJS.Platform): NameRules {
  if (platform === 'win32') return 'windows'
  return platform === 'darwin' ? 'unicode' : 'bytes'
}

/** Where an entry may go, as names below the folder, or why it may go nowhere. */
export type Placement =
  | { readonly kind: 'place'; readonly names: readonly Buffer[]; readonly renamed: boolean }
  | { readonly kind: 'refuse'; readonly why: string }

/** The archive formats allow more; nothing that anybody works with has it. */
const depthCap = 512
const nameCap = 255
const slash = 0x2f

/**
 * Decides where an archive's path may be written below a folder. Nothing that it places leads out of the folder:
 * absolute paths, `..`, NUL and drive letters are refused, also in the middle. Names that cannot exist here are
 * given another, unless `rules` is `bytes`.
 */
export function placeEntry(path: Buffer, rules: NameRules): Placement {
  if (path.length === 0) return refuse('it has no name')
  if (path.includes(0)) return refuse('its name has a NUL')
  if (path[0] === slash) return refuse('its path is absolute')
  const names = splitNames(path)
  if (names.length === 0) return refuse('it has no name')
  if (names.length > depthCap) return refuse(`it lies more than ${depthCap} folders deep`)
  if (names.some((name) => name.toString('latin1') === '..'))
    return refuse('its path leads out of the folder')
  if (names.some((name) => name.length > nameCap)) return refuse(`its name is longer than ${nameCap} bytes`)
  if (rules === 'bytes') return { kind: 'place', names, renamed: false }
  const local = names.map((name) => (rules === 'windows' ? windowsName(name) : unicodeName(name)))
  const renamed = local.some((name, at) => names[at]?.equals(name) !== true)
  return { kind: 'place', names: local, renamed }
}

/**
 * Notices names that are one and the same here and two in the archive, because upper and lower case, or two ways to
 * write an accent, are not told apart. Remembers every path that it was asked about.
 */
export class NameCollisions {
  readonly #rules: NameRules
  readonly #seen = new Map<string, string>()

  constructor(rules: NameRules) {
    this.#rules = rules
  }

  /** The name of the archive that stands there already, or null. */
  claim(names: readonly Buffer[]): string | null {
    if (this.#rules === 'bytes') return null
    for (let depth = 1; depth <= names.length; depth += 1) {
      const path = names.slice(0, depth).map(String).join('/')
      const key = path.normalize('NFC').toLowerCase()
      const first = this.#seen.get(key)
      if (first !== undefined && first !== path) return first
      this.#seen.set(key, path)
    }
    return null
  }
}

function splitNames(path: Buffer): Buffer[] {
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

/** File systems of macOS take any valid UTF-8. */
function unicodeName(name: Buffer): Buffer {
  return isUtf8(name) ? name : Buffer.from(percentHigh(name))
}

const devices = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])\s*(\..*)?$/i

/** See "Naming Files, Paths, and Namespaces" of Microsoft: characters, devices, ends; a colon opens a stream. */
function windowsName(name: Buffer): Buffer {
  const text = isUtf8(name) ? name.toString() : percentHigh(name)
  const plain = text.replace(/[<>:"/\\|?*\x00-\x1f]/g, '_').replace(/[. ]+$/, (end) => '_'.repeat(end.length))
  return Buffer.from(devices.test(plain) ? `_${plain}` : plain)
}

function percentHigh(name: Buffer): string {
  return name.toString('latin1').replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`)
}

function refuse(why: string): Placement {
  return { kind: 'refuse', why }
}
