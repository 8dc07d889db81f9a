import { posix } from 'node:path'

/** A passwd-file that Dovecot takes passwords from; `path` and `userFormat` hold Dovecot's variables. */
export interface PasswdFile {
  readonly path: string
  /** What stands for a user in the file. */
  readonly userFormat: string
  /** The scheme of passwords that name none. */
  readonly scheme: string
}

interface Block {
  readonly kind: string
  readonly name: string
  readonly values: Map<string, string>
}

/** Blocks of a configuration as `doveconf -n` prints it, each after those inside of it. */
function blocksOf(text: string): Block[] {
  const open: Block[] = []
  const closed: Block[] = []
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    const [, kind, name = ''] = /^(\S+)(?:\s+(\S.*?))?\s*\{$/.exec(line) ?? []
    const [, key, value] = /^([^\s=#]+)\s*=\s*(.*)$/.exec(line) ?? []
    if (kind !== undefined) open.push({ kind, name, values: new Map() })
    else if (line === '}') closed.push(...open.splice(-1))
    else if (key !== undefined && value !== undefined) open.at(-1)?.values.set(key, value)
  }
  return closed
}

/** The arguments of Dovecot 2.3: options, then the path. */
function fromArguments(text: string): PasswdFile {
  const [, options = '', path = ''] = /^((?:[a-z_]+=\S*\s+)*)(.*)$/.exec(text) ?? []
  const option = (name: string) => new RegExp(`(?:^|\\s)${name}=(\\S*)`).exec(options)?.[1]
  return { path, userFormat: option('username_format') ?? '%u', scheme: option('scheme') ?? 'CRYPT' }
}

/**
 * The passwd-files that `doveconf -n` names for passwords, in the order in which Dovecot asks them: `passdb { driver =
 * passwd-file }` of Dovecot 2.3 and before, `passdb passwd-file { passwd_file_path = … }` of 2.4.
 */
export function passwdFiles(doveconf: string): PasswdFile[] {
  return blocksOf(doveconf).flatMap(({ kind, name, values }): PasswdFile[] => {
    if (kind !== 'passdb') return []
    if ((values.get('driver') ?? values.get('passdb_driver') ?? name) !== 'passwd-file') return []
    const path = values.get('passwd_file_path')
    if (path === undefined) return [fromArguments(values.get('args') ?? '')]
    const scheme = values.get('passdb_default_password_scheme') ?? values.get('default_password_scheme')
    const userFormat = values.get('auth_username_format') ?? '%{user}'
    return [{ path, userFormat, scheme: scheme ?? 'CRYPT' }]
  })
}

function partOf(address: string, variable: string): string | null {
  const at = address.lastIndexOf('@')
  switch (variable) {
    case 'u':
    case 'user':
      return address
    case 'n':
    case 'username':
      return at < 0 ? address : address.slice(0, at)
    case 'd':
    case 'domain':
      return at < 0 ? '' : address.slice(at + 1)
    default:
      return null
  }
}

function change(text: string, how: string): string | null {
  if (how === 'L' || how === 'lower') return text.toLowerCase()
  if (how === 'U' || how === 'upper') return text.toUpperCase()
  return null
}

/** `%{user | domain | lower}` of Dovecot 2.4: each word is a part of the address or a change. */
function longVariable(words: string, address: string): string | null {
  let text: string | null = null
  for (const word of words.split('|').map((one) => one.trim())) {
    text = partOf(address, word) ?? (text === null ? null : change(text, word))
    if (text === null) return null
  }
  return text
}

/**
 * Fills Dovecot's variables for user, name and domain in, with the changes to lower and upper case; null where there
 * is one that is not known.
 */
export function expandVariables(template: string, address: string): string | null {
  let filled = ''
  let end = 0
  for (const match of template.matchAll(/%(?:\{([^}]*)\}|([LU]?)(.))/g)) {
    const [all, words, how = '', letter = ''] = match
    const part =
      letter === '%' ? '%' : words === undefined ? partOf(address, letter) : longVariable(words, address)
    const text = part === null || how === '' ? part : change(part, how)
    if (text === null) return null
    filled += template.slice(end, match.index) + text
    end = match.index + all.length
  }
  return filled + template.slice(end)
}

/** Where the password of an address stands, or null where that cannot be told. No name can lead out of a folder. */
export function placeIn(file: PasswdFile, address: string): { path: string; user: string } | null {
  if (/[/\u0000-\u001f:]/.test(address)) return null
  const [path, user] = [expandVariables(file.path, address), expandVariables(file.userFormat, address)]
  if (path === null || user === null || user === '' || !path.startsWith('/')) return null
  return path.split('/').includes('..') ? null : { path: posix.normalize(path), user }
}

/** Scheme and hash of a line `USER:PASSWORD:…` of a passwd-file; null where it has no password. */
export function passwordOf(line: string, { scheme }: PasswdFile): { scheme: string; hash: string } | null {
  const field = line.split(':')[1] ?? ''
  const [, named, rest] = /^\{([^}]+)\}(.*)$/.exec(field) ?? []
  const hash = rest ?? field
  return hash === '' ? null : { scheme: named ?? scheme, hash }
}
