import { engineOfDump } from '../dump-head.ts'
import { looksLikeCrontab } from '../crontab-shape.ts'
import { type Decision, type Layout, type Place, structure, unknown } from './layout.ts'
import { crontab, dumpFile, homeFile, isDomain, isMaildirFolder, mailFile } from './parts.ts'

/** More than any account has; what comes after is not recognised, and said so. */
const cap = 50_000
const dumpName = /^([^/]+?)(?:\.mysql|\.pgsql)?\.sql(\.gz|\.zst)?$/

interface Dump {
  readonly engine: 'mysql' | 'postgresql'
  readonly database: string
  readonly inflate: boolean
}

interface Box {
  readonly domain: string | null
  readonly name: string
}

/**
 * Looks for parts of an account in an archive of a tool that nobody here knows, such as Opterius: one home with a
 * `public_html`, dumps, mailboxes, one crontab. What could be meant in two ways is not taken for anything.
 */
export class ShapeSurvey {
  readonly #homes = new Set<string>()
  /** Which of `cur`, `new` and `tmp` each folder has. */
  readonly #maildirs = new Map<string, Set<string>>()
  readonly #dumps = new Map<string, Dump>()
  readonly #crontabs = new Set<string>()

  entry(names: readonly string[], type: Place['type']): void {
    const web = names.indexOf('public_html')
    if (web >= 0 && (type === 'directory' || web < names.length - 1) && this.#homes.size < cap) {
      const above = names.slice(0, isDomain(names[web - 1] ?? '') ? web - 1 : web)
      this.#homes.add(above.join('/'))
    }
    for (const [at, name] of names.entries()) {
      if (!isMaildirFolder(name) || (at === names.length - 1 && type !== 'directory')) continue
      this.#maildirFolder(names.slice(0, at).join('/'), name)
      return
    }
  }

  /** Whether the beginning of this file's content tells what it is. */
  wants(names: readonly string[], size: number): boolean {
    return dumpName.test(names.at(-1) ?? '') || (size < 65_536 && this.#mayBeCrontab(names))
  }

  /** The beginning of a file that `wants` asked for. */
  content(names: readonly string[], head: Buffer): void {
    const path = names.join('/')
    const [, database, packed] = dumpName.exec(names.at(-1) ?? '') ?? []
    if (database === undefined) {
      if (looksLikeCrontab(head) && this.#crontabs.size < cap) this.#crontabs.add(path)
      return
    }
    const engine = engineOfDump(head)
    if (engine !== null && this.#dumps.size < cap)
      this.#dumps.set(path, { engine, database, inflate: packed !== undefined })
  }

  layout(): Layout {
    const homes = [...this.#homes].filter((home) => ![...this.#homes].some((other) => isBelow(home, other)))
    const home = homes.length === 1 ? (homes[0] ?? null) : null
    const crontabs = [...this.#crontabs].filter(
      (path) => home === null || home === '' || !isBelow(path, home),
    )
    return new ShapeLayout({
      ...{ home, homes, crontabs },
      boxes: this.#boxes(home),
      dumps: new Map([...this.#dumps].filter(([path]) => home === null || !inDocuments(path, home))),
    })
  }

  #maildirFolder(parent: string, name: string): void {
    const known = this.#maildirs.get(parent)
    if (known !== undefined) known.add(name)
    else if (this.#maildirs.size < cap) this.#maildirs.set(parent, new Set([name]))
  }

  #mayBeCrontab(names: readonly string[]): boolean {
    const [above, last] = [names.at(-2) ?? '', names.at(-1) ?? '']
    return /^cron(?:tab)?(?:\.txt|\.conf)?$/.test(last) || /^cron(?:tabs)?$/.test(above)
  }

  #boxes(home: string | null): Map<string, Box> {
    const boxes = new Map<string, Box>()
    for (const [path, folders] of this.#maildirs) {
      if (folders.size < 3) continue
      const names = path.split('/')
      const folder = names.at(-1) === 'Maildir' ? names.slice(0, -1) : names
      const [domain, name] = folder.slice(-2)
      if (folder !== names && home !== null && folder.join('/') === home && userOf(home) !== null) {
        boxes.set(path, { domain: null, name: userOf(home) ?? '' })
      } else if (domain !== undefined && name !== undefined && isDomain(domain) && !name.startsWith('.')) {
        boxes.set(path, { domain, name })
      }
    }
    return boxes
  }
}

interface Shape {
  /** The one home, or null where there is none or more than one. */
  readonly home: string | null
  readonly homes: readonly string[]
  readonly boxes: ReadonlyMap<string, Box>
  readonly dumps: ReadonlyMap<string, Dump>
  readonly crontabs: readonly string[]
}

class ShapeLayout implements Layout {
  readonly kind = 'by-shape'
  readonly user: string | null
  readonly evidence: readonly string[]
  readonly #shape: Shape

  constructor(shape: Shape) {
    this.#shape = shape
    this.user = shape.home === null ? null : userOf(shape.home)
    this.evidence = [
      'Nothing in it says who made it; its parts were recognised one by one, by what they look like.',
    ]
  }

  decide({ names, type }: Place): Decision {
    const path = names.join('/')
    const dump = this.#shape.dumps.get(path)
    if (dump !== undefined && type === 'file') {
      return dumpFile(dump.engine, dump.database, 'sql', {
        evidence: 'It begins as a dump of that database server does, and is named like its database.',
        from: path,
        inflate: dump.inflate,
      })
    }
    const { crontabs } = this.#shape
    if (crontabs.includes(path) && type === 'file') {
      if (crontabs.length > 1) return unknown('There are several crontabs, and nothing says which is meant.')
      return crontab({ evidence: 'Every line of it is one of a crontab.', from: path })
    }
    return this.#mail(names) ?? this.#home(names, type, path)
  }

  #mail(names: readonly string[]): Decision | null {
    if (this.#shape.boxes.size === 0) return null
    for (let depth = 1; depth <= names.length; depth += 1) {
      const root = names.slice(0, depth).join('/')
      const box = this.#shape.boxes.get(root)
      if (box === undefined) continue
      const evidence =
        box.domain === null
          ? "Maildir in the home is the account's own mailbox."
          : 'It has cur, new and tmp, in a folder named like a domain.'
      return mailFile(box, names.slice(depth), { evidence, from: root })
    }
    return null
  }

  #home(names: readonly string[], type: Place['type'], path: string): Decision {
    const { home, homes } = this.#shape
    const evidence = 'The folder that holds public_html, or folders of domains with one, is the home.'
    if (home !== null && home !== '' && isBelow(path, home)) {
      return homeFile(names.slice(home.split('/').length), { evidence, from: home })
    }
    if (
      home === '' &&
      (names[0] === 'public_html' || (isDomain(names[0] ?? '') && names[1] === 'public_html'))
    ) {
      return homeFile(names, { evidence, from: names[0] ?? '' })
    }
    if (type === 'directory') return structure
    if (homes.length > 1 && homes.some((each) => isBelow(path, each))) {
      return unknown('There are several folders with a public_html, and nothing says which home is meant.')
    }
    return unknown('Nothing says what it is.')
  }
}

/** The account that a home is named after. */
function userOf(home: string): string | null {
  const name = home.split('/').at(-1) ?? ''
  const known = ['home', 'homedir', 'files', 'backup', 'data', 'web', 'www', '']
  return /^[a-z_][a-z0-9_-]{0,31}$/.test(name) && !known.includes(name) ? name : null
}

function isBelow(path: string, folder: string): boolean {
  if (folder === '') return path !== ''
  return path.startsWith(`${folder}/`)
}

/** Inside the home, where a dump is a file of the account like any other. */
function inDocuments(path: string, home: string): boolean {
  return home === '' ? path.includes('public_html/') : isBelow(path, home)
}
