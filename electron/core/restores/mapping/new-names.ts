import { advisedError } from '../../advised-error.ts'
import { advise } from '../../../../shared/advice.ts'
import { AppError } from '../../../../shared/errors.ts'
import { fromRemoteName } from '../../../../shared/remote-name.ts'
import type { MapKind, MappedDatabase } from '../../../../shared/model/restore-mapping.ts'
import type { NamedDatabase } from './account-facts.ts'

const control = /[\x00-\x1f\x7f]/
/**
 * MySQL: 64 characters for a database, 32 for a user, none beyond U+FFFF, no space at the end ("Schema Object
 * Names", MySQL 8.0 manual). PostgreSQL cuts every name after 63 bytes (NAMEDATALEN).
 */
const limits = { database: 64, user: 32, postgresql: 63 } as const

function wrong(what: string, name: string, why: string, kind: MapKind): AppError {
  return advisedError(
    'invalid-input',
    advise`The ${what} cannot be called ${JSON.stringify(name)}: ${why}. Nothing was changed; name another ${{ way: 'rename', kind, from: null }}.`,
  )
}

/**
 * Refuses names of accounts that some useradd lets pass and that programs take for something else: paths, numbers, what
 * looks like an option, and backslashes, which our own names of paths escape. Whether a server takes any other, its own useradd says. Throws `invalid-input`.
 */
export function checkUserName(name: string): void {
  if (/^$|^[-+~]|^\.{1,2}$|^[0-9]+$|[/:,\\\s\x00-\x1f\x7f]/.test(name)) {
    throw wrong('account', name, 'it would be taken for a number, a path, an option or an escape', 'user')
  }
}

/** Refuses a path (`RemoteName`) that cannot be a home. Throws `invalid-input`. */
export function checkHome(path: string): void {
  const bytes = Buffer.from(fromRemoteName(path)).toString('latin1')
  const whole = /^(\/[^/]+)+$/.test(bytes) && !/(^|\/)\.{1,2}(\/|$)/.test(bytes)
  if (!whole || bytes.length > 4095 || control.test(bytes) || bytes.includes(':')) {
    throw wrong('home', path, 'it takes an absolute path without "..", ":" and a slash at its end', 'home')
  }
}

/** Refuses what is no domain name. Throws `invalid-input`. */
export function checkDomain(name: string): void {
  if (name.length > 253 || !/^(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})*$/.test(name)) {
    throw wrong('mail domain', name, 'it is no domain name in small letters', 'domain')
  }
}

const words = {
  db: { noun: 'database', limit: limits.database },
  dbuser: { noun: 'database user', limit: limits.user },
} as const

/**
 * Checks the new names of databases (`db`) or of their users (`dbuser`): those that differ from the old ones must be
 * possible, no two may be the same, and none may be `taken` at the target by something that this restore does not
 * replace. Throws `invalid-input`, or `conflict` for a taken one.
 */
export function checkDatabaseNames(
  kind: 'db' | 'dbuser',
  rows: readonly MappedDatabase[],
  taken: readonly NamedDatabase[],
): void {
  const { noun, limit } = words[kind]
  const first = new Map<string, string>()
  for (const { engine, from, to } of rows) {
    if (to !== from) checkName(kind, engine, to, engine === 'mysql' ? limit : limits.postgresql)
    const other = first.get(`${engine} ${to}`)
    if (other !== undefined) {
      throw advisedError(
        'invalid-input',
        advise`The ${noun}s ${other} and ${from} would both be called ${to}. Nothing was changed; give one another name ${{ way: 'rename', kind, from }}.`,
      )
    }
    first.set(`${engine} ${to}`, from)
    if (taken.some((there) => there.engine === engine && there.name === to)) {
      throw advisedError(
        'conflict',
        advise`The target has a ${noun} ${to} that belongs to another account. Nothing was changed; give yours another name ${{ way: 'rename', kind, from }}.`,
      )
    }
  }
}

function checkName(
  kind: 'db' | 'dbuser',
  engine: NamedDatabase['engine'],
  name: string,
  limit: number,
): void {
  const { noun } = words[kind]
  if (name === '' || control.test(name)) throw wrong(noun, name, 'it holds a control character', kind)
  const length = engine === 'mysql' ? Array.from(name).length : Buffer.byteLength(name)
  const unit = engine === 'mysql' ? 'characters' : 'bytes'
  if (length > limit) throw wrong(noun, name, `it has ${length} ${unit}, and ${limit} is the limit`, kind)
  if (engine === 'mysql' && /[\u{10000}-\u{10ffff}]|[ /\\.]$/u.test(name)) {
    throw wrong(noun, name, 'MySQL takes no such character there', kind)
  }
}
