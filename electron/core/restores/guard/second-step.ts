import type { RestoreMapping } from '../../../../shared/model/restore-mapping.ts'
import type { ListedEntry } from '../../archive/index-cache.ts'
import { mapAcl } from '../mapping/map-acl.ts'
import { mapOwner } from '../mapping.ts'
import { sortRecords, specialBits, type Stripped } from './records.ts'

interface SecondStepOptions {
  readonly trusted: boolean
  readonly mapping: RestoreMapping
}

/** Bytes of all ACLs and attributes together, which are held; what an archive of others has beyond is stripped. */
const budgets = { ours: 512 * 1024 * 1024, others: 24 * 1024 * 1024 } as const
const listed = 1000

/**
 * What is set after a tar was extracted, by whom the tenant cannot disturb. Paths are bytes below the tree's root.
 * Filled while the tar is made.
 */
export class SecondStep {
  readonly acls: {
    readonly path: Buffer
    readonly access: string | null
    readonly defaults: string | null
  }[] = []
  readonly xattrs: { readonly path: Buffer; readonly name: string; readonly value: Buffer }[] = []
  /** Modes with setuid, setgid or sticky bits, only from an archive of ours. */
  readonly modes: { readonly path: Buffer; readonly mode: number }[] = []
  /** Owners other than the account itself, only from an archive of ours. */
  readonly owners: { readonly path: Buffer; readonly uid: number; readonly gid: number }[] = []
  /** What was taken away, the first 1,000. */
  readonly stripped: { readonly path: Buffer; readonly what: Stripped }[] = []
  strippedCount = 0
  files = 0
  folders = 0
  links = 0
  /** Of file contents. */
  bytes = 0
  readonly #options: SecondStepOptions
  #left: number

  constructor(options: SecondStepOptions) {
    this.#options = options
    this.#left = options.trusted ? budgets.ours : budgets.others
  }

  /** A file, folder or symbolic link went into the tar; `pax` are its raw records. */
  entry(path: Buffer, entry: ListedEntry, pax: ReadonlyMap<string, Buffer> | undefined): void {
    const { type, mode, uid, gid, size } = entry
    const { trusted, mapping } = this.#options
    if (type === 'file') this.files += 1
    else if (type === 'directory') this.folders += 1
    else this.links += 1
    if (type === 'file') this.bytes += size
    const bits = type === 'symlink' ? [] : specialBits(mode)
    if (trusted && bits.length > 0) this.modes.push({ path, mode: mode & 0o7777 })
    if (!trusted) for (const what of bits) this.#strip(path, what)
    const owner = mapOwner(mapping, { uid, gid })
    if (trusted && !owner.own) this.owners.push({ path, uid: owner.uid, gid: owner.gid })
    if (pax !== undefined) this.#records(path, pax)
  }

  /** A hard link went into the tar. */
  link(): void {
    this.links += 1
  }

  #records(path: Buffer, pax: ReadonlyMap<string, Buffer>): void {
    const { trusted, mapping } = this.#options
    const { access, defaults, xattrs, stripped } = sortRecords(pax, { trusted })
    for (const what of stripped) this.#strip(path, what)
    if (access !== null || defaults !== null) {
      if (this.#take((access ?? '').length + (defaults ?? '').length)) {
        const mapped = (text: string | null) => (text === null ? null : mapAcl(mapping, text))
        this.acls.push({ path, access: mapped(access), defaults: mapped(defaults) })
      } else this.#strip(path, 'acl')
    }
    for (const [name, value] of xattrs) {
      if (this.#take(name.length + value.length)) this.xattrs.push({ path, name, value })
      else this.#strip(path, 'attributes')
    }
  }

  #take(bytes: number): boolean {
    if (this.#left < bytes + 200) return false
    this.#left -= bytes + 200
    return true
  }

  #strip(path: Buffer, what: Stripped): void {
    this.strippedCount += 1
    if (this.stripped.length < listed) this.stripped.push({ path, what })
  }
}
