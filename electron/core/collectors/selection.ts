import type { ComponentKind } from '../../../shared/model/backup.ts'
import type { SourceDatabase } from '../../../shared/model/source.ts'
import { fromRemoteName } from '../../../shared/remote-name.ts'
import { encodedName } from './encoded-name.ts'

/** Where the components of each kind lie in an archive. */
const folders: Readonly<Record<ComponentKind, string>> = {
  files: 'files',
  paths: 'paths',
  mysql: 'databases/mysql',
  postgresql: 'databases/postgresql',
  mail: 'mail',
  cron: 'cron',
  config: 'config',
}

/**
 * What of its scope a backup holds: everything, or only some paths of an archive, with what lies below them. A
 * table stands for its database and a message for its mailbox, for these are read as a whole.
 */
export class Selection {
  readonly #items: readonly Buffer[]

  /** `items`: paths in an archive as `RemoteName`s; none means everything. */
  constructor(items: readonly string[]) {
    this.#items = items.map((item) => Buffer.from(fromRemoteName(item)))
  }

  /** Whether anything at this path, below it or around it is wanted. */
  touches(path: Buffer | string): boolean {
    const place = Buffer.from(path)
    return this.#items.length === 0 || this.#items.some((item) => isAt(item, place) || isAt(place, item))
  }

  touchesKind(kind: ComponentKind): boolean {
    return this.touches(folders[kind])
  }

  /** Whether a database is wanted, or a table of it. */
  touchesDatabase({ engine, name }: Pick<SourceDatabase, 'engine' | 'name'>): boolean {
    const path = `${folders[engine]}/${encodedName(fromRemoteName(name))}`
    return this.touches(path) || this.touches(`${path}.${engine === 'mysql' ? 'sql' : 'dump'}`)
  }

  /** What is wanted of a folder of the archive, relative to it; null for all of it. */
  below(folder: Buffer): readonly Buffer[] | null {
    if (this.#items.length === 0 || this.#items.some((item) => isAt(folder, item))) return null
    return this.#items.filter((item) => isAt(item, folder)).map((item) => item.subarray(folder.length + 1))
  }
}

/** Whether a path is this place or lies below it. */
export function isAt(path: Buffer, place: Buffer): boolean {
  return (
    path.subarray(0, place.length).equals(place) &&
    (path.length === place.length || path[place.length] === 0x2f)
  )
}
