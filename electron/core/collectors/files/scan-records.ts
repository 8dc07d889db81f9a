/** A file or folder that the account may not read, and how root finds it without its name. */
export interface Unreadable {
  readonly path: Buffer
  readonly inode: string
  /** Inode of the folder that it lies in. */
  readonly folder: string
  readonly type: 'file' | 'directory'
}

export type SpecialKind = 'socket' | 'FIFO' | 'device'

/** What one look at a root found. Paths are relative to the root; the root itself is the empty path. */
export interface Scan {
  readonly inode: string
  /** Entries that the account's own tar must write, the root's included. With `tagged` folders too many. */
  readonly expected: number
  /** Bytes of the files among them. */
  readonly bytes: number
  /** What globs and other components leave out, without what lies below. */
  readonly excluded: readonly Buffer[]
  readonly special: readonly { readonly path: Buffer; readonly kind: SpecialKind }[]
  readonly tooLarge: readonly { readonly path: Buffer; readonly size: number }[]
  /** Folders where another file system begins. */
  readonly mounts: readonly Buffer[]
  /** Folders that hold a `.nobackup` file. */
  readonly tagged: readonly Buffer[]
  readonly unreadable: readonly Unreadable[]
  /** Files that have names outside of what was looked at. */
  readonly linkedElsewhere: readonly Buffer[]
}

/**
 * Takes the records of files-scan.sh one after the other, as `find` makes them: a folder comes before what is in
 * it. `onName` is told of every entry that the account's tar must write, where the records have names.
 */
export class ScanReader {
  readonly #onName: ((path: Buffer) => void) | undefined
  readonly #unreadable: Unreadable[] = []
  readonly #excluded: Buffer[] = []
  readonly #special: { path: Buffer; kind: SpecialKind }[] = []
  readonly #tooLarge: { path: Buffer; size: number }[] = []
  readonly #mounts: Buffer[] = []
  readonly #tagged: Buffer[] = []
  readonly #linked = new Map<string, { path: Buffer; left: number }>()
  /** Inodes of the folders on the way to the current record, the root's first. */
  readonly #way: string[] = []
  #device = ''
  #expected = 0
  #bytes = 0

  constructor(onName?: (path: Buffer) => void) {
    this.#onName = onName
  }

  /** One record, without its NUL. Throws a plain error where it is none: the script and this must agree. */
  take(record: Buffer): void {
    const { kind, inode, device, links, size, path } = parseRecord(record)
    switch (kind) {
      case 'r':
        this.#device = device
        this.#way.push(inode)
        this.#keep(path, 0)
        break
      case 'd':
        if (device !== this.#device) this.#mounts.push(path)
        this.#way.splice(this.#depth(path), Infinity, inode)
        this.#keep(path, 0)
        break
      case 'D':
        if (device !== this.#device) this.#mounts.push(path)
        else this.#cannotRead(path, inode, 'directory')
        break
      case 'u':
        this.#cannotRead(path, inode, 'file')
        break
      case 'x':
        this.#excluded.push(path)
        break
      case 's':
      case 'p':
      case 'b':
      case 'c':
        this.#special.push({ path, kind: kind === 's' ? 'socket' : kind === 'p' ? 'FIFO' : 'device' })
        break
      case 'L':
        this.#tooLarge.push({ path, size })
        break
      case 't':
        this.#tagged.push(path.subarray(0, Math.max(path.lastIndexOf(0x2f), 0)))
        this.#keep(path, size)
        break
      case 'h':
        this.#countLink(inode, links, path)
        this.#keep(path, size)
        break
      case 'f':
      case 'o':
        this.#keep(path, kind === 'f' ? size : 0)
        break
      default:
        throw new Error(`unknown scan record ${JSON.stringify(kind)}`)
    }
  }

  /** What all records came to, without what lies in tagged folders; null where not even the root came. */
  finish(): Scan | null {
    const [inode] = this.#way
    if (inode === undefined) return null
    const tagged = new Set(this.#tagged.map((path) => path.toString('latin1')))
    const counts = ({ path }: { path: Buffer }) => tagged.size === 0 || !liesBelow(path, tagged)
    return {
      inode,
      expected: this.#expected,
      bytes: this.#bytes,
      excluded: this.#excluded,
      special: this.#special.filter(counts),
      tooLarge: this.#tooLarge.filter(counts),
      mounts: this.#mounts,
      tagged: this.#tagged,
      unreadable: this.#unreadable.filter(counts),
      linkedElsewhere: [...this.#linked.values()].filter(({ left }) => left > 0).map(({ path }) => path),
    }
  }

  #keep(path: Buffer, size: number): void {
    this.#expected += 1
    this.#bytes += size
    this.#onName?.(path)
  }

  #countLink(inode: string, links: number, path: Buffer): void {
    const known = this.#linked.get(inode)
    if (known === undefined) this.#linked.set(inode, { path, left: links - 1 })
    else if (known.left > 1) known.left -= 1
    else this.#linked.delete(inode)
  }

  #depth(path: Buffer): number {
    let depth = 1
    for (const byte of path) if (byte === 0x2f) depth += 1
    return depth
  }

  #cannotRead(path: Buffer, inode: string, type: Unreadable['type']): void {
    this.#unreadable.push({ path, inode, folder: this.#way[this.#depth(path) - 1] ?? '', type })
  }
}

/** Whether a path lies below, and not at, one of the folders. */
export function liesBelow(path: Buffer, folders: ReadonlySet<string>): boolean {
  if (path.length > 0 && folders.has('')) return true
  for (let at = path.indexOf(0x2f); at > 0; at = path.indexOf(0x2f, at + 1)) {
    if (folders.has(path.toString('latin1', 0, at))) return true
  }
  return false
}

/** `KIND INODE DEVICE LINKS SIZE PATH`, the path being whatever follows. */
function parseRecord(record: Buffer) {
  const match = /^([a-zA-Z]) (\d+) (\d+) (\d+) (\d+) /.exec(record.subarray(0, 128).toString('latin1'))
  if (!match) throw new Error('a scan record is malformed')
  const [head, kind = '', inode = '', device = '', links, size] = match
  return {
    kind,
    inode,
    device,
    links: Number(links),
    size: Number(size),
    path: Buffer.from(record.subarray(head.length)),
  }
}

/** Cuts a stream at its NUL bytes. What follows the last one is dropped: such a stream was cut. */
export async function* splitAtNul(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    let from = 0
    for (let at = data.indexOf(0); at >= 0; at = data.indexOf(0, from)) {
      yield data.subarray(from, at)
      from = at + 1
    }
    rest = data.subarray(from)
  }
}
