import type { DatabaseEngine } from '../../../../shared/model/source.ts'
import { mapDatabase } from '../mapping.ts'
import type { Draft } from './draft.ts'
import type { Literal } from './literal.ts'
import type { RewriteRules } from './login.ts'

const engines: Readonly<Record<string, DatabaseEngine>> = {
  mysql: 'mysql',
  mysql2: 'mysql',
  mariadb: 'mysql',
  postgres: 'postgresql',
  postgresql: 'postgresql',
  pgsql: 'postgresql',
}

/** `scheme://user[:password]@host[:port]/database[?…]`; the parts with what is between them. */
const form = /^([a-z0-9]+)(:\/\/)([^:/?#@\s]+)(?:(:)([^/?#@\s]*))?(@[^/?#@\s]*\/)([^/?#\s]+)((?:[?#][^]*)?)$/

/** A part of a literal, as a literal of its own; a new value is percent-encoded. */
function part(literal: Literal, start: number, text: string, decoded: string): Literal {
  return {
    text: decoded,
    at: [literal.at[start] ?? 0, literal.at[start + text.length] ?? 0],
    open: false,
    encode: (value) => encodeURIComponent(Buffer.from(value, 'latin1').toString()).replaceAll("'", '%27'),
  }
}

function decodePart(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/**
 * Rewrites the database, user and password inside a database URL. False where it is none of a database server, so
 * that it is to be read as any other value. A URL that is not understood is reported.
 */
export function rewriteUrl(
  draft: Draft,
  setting: { readonly key: string; readonly at: number; readonly literal: Literal },
  { mapping, passwords }: RewriteRules,
): boolean {
  const { key, at, literal } = setting
  const scheme = /^([a-z0-9]+):\/\//.exec(literal.text)?.[1] ?? ''
  const engine = Object.hasOwn(engines, scheme) ? engines[scheme] : undefined
  if (engine === undefined) return false
  const [, , slashes = '', user = '', colon = '', password, host = '', database = ''] =
    form.exec(literal.text) ?? []
  const [userName, databaseName] = [decodePart(user), decodePart(database)]
  if (literal.open || database === '' || userName === null || databaseName === null) {
    draft.report(at, `${key} is a database URL that was not understood`)
    return true
  }
  const userAt = scheme.length + slashes.length
  const passwordAt = userAt + user.length + colon.length
  const databaseAt = passwordAt + (password?.length ?? 0) + host.length

  const newUser = mapDatabase(mapping.databaseUsers, { engine, name: userName })
  const newDatabase = mapDatabase(mapping.databases, { engine, name: databaseName })
  const set = (place: number, raw: string, decoded: string, to: string, what: 'database' | 'database user') =>
    draft.set(part(literal, place, raw, latin1(decoded)), latin1(to), what)
  if (newUser === null) draft.report(at, `${key} names a database user that is not in this backup`)
  else if (newUser !== userName) set(userAt, user, userName, newUser, 'database user')
  if (newDatabase === null) draft.report(at, `${key} names a database that is not in this backup`)
  else if (newDatabase !== databaseName) set(databaseAt, database, databaseName, newDatabase, 'database')

  if (newUser !== null) draft.login(at, engine, newUser)
  const fresh = passwords.find((one) => one.engine === engine && one.user === newUser)
  if (fresh === undefined) return true
  if (password === undefined) draft.report(at, `${key} has no password, and its user has a new one`)
  else
    draft.set(part(literal, passwordAt, password, ''), latin1(fresh.password.reveal()), 'database password')
  return true
}

function latin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}
