import type { DatabaseEngine } from '../../../../shared/model/source.ts'
import type { Field, LoginFields } from './login.ts'
import type { PhpToken } from './php-tokens.ts'

/** Logins as they are read: settings in the order of the file; a setting that comes again begins another login. */
class LoginList {
  readonly #logins: Map<string, Field>[] = []

  add(name: string, field: Field, login: Map<string, Field> | null = null): Map<string, Field> {
    let open = login ?? this.#logins.at(-1)
    if (open === undefined || open.has(name)) open = new Map()
    if (!this.#logins.includes(open)) this.#logins.push(open)
    return open.set(name, field)
  }

  logins(engineOf: (driver: string | null) => DatabaseEngine | null): LoginFields[] {
    return this.#logins.flatMap((fields) => {
      const engine = engineOf(fields.get('driver')?.literal?.text ?? null)
      if (engine === null) return []
      const [database, user, password] = ['database', 'user', 'password'].map((name) => fields.get(name))
      return [{ engine, database, user, password }]
    })
  }
}

const ends = new Set([')', ',', ';', ']'])

/** The value that begins at token `n`: its literal where it is one string and nothing else. */
function fieldAt(tokens: readonly PhpToken[], n: number, key: string): Field | null {
  const [value, next] = [tokens[n], tokens[n + 1]]
  if (value === undefined) return null
  const alone = next === undefined || (next.kind === 'mark' && ends.has(next.text))
  return { key, at: value.at, literal: value.kind === 'string' && alone ? value.literal : null }
}

function isMark(token: PhpToken | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text
}

function isWord(token: PhpToken | undefined, pattern: RegExp): boolean {
  return token?.kind === 'word' && pattern.test(token.text)
}

function stringOf(token: PhpToken | undefined): string | null {
  return token?.kind === 'string' && !token.literal.open ? token.literal.text : null
}

const wordpress: Readonly<Record<string, string>> = {
  DB_NAME: 'database',
  DB_USER: 'user',
  DB_PASSWORD: 'password',
}

/** `define('DB_NAME', '…')` and `const DB_NAME = '…'` of WordPress. */
export function wordpressSettings(tokens: readonly PhpToken[]): LoginFields[] {
  const list = new LoginList()
  for (const [n, token] of tokens.entries()) {
    let key: string | null = null
    let value = 0
    if (isWord(token, /^define$/i) && isMark(tokens[n + 1], '(') && isMark(tokens[n + 3], ',')) {
      key = stringOf(tokens[n + 2])
      value = n + 4
    } else if (isWord(token, /^const$/i) && isMark(tokens[n + 2], '=')) {
      const name = tokens[n + 1]
      key = name?.kind === 'word' ? name.text : null
      value = n + 3
    }
    const name = key === null ? undefined : wordpress[key]
    const field = key === null || name === undefined ? null : fieldAt(tokens, value, key)
    if (field !== null && name !== undefined) list.add(name, field)
  }
  return list.logins(() => 'mysql')
}

const joomla: Readonly<Record<string, string>> = {
  $db: 'database',
  $user: 'user',
  $password: 'password',
  $dbtype: 'driver',
}

/** `public $db = '…'` of Joomla. */
export function joomlaSettings(tokens: readonly PhpToken[]): LoginFields[] {
  const list = new LoginList()
  for (const [n, token] of tokens.entries()) {
    if (!isWord(token, /^(public|var|protected|private)$/i)) continue
    const at = tokens.slice(n + 1, n + 4).findIndex((next) => isWord(next, /^\$/))
    const variable = tokens[n + 1 + at]
    if (at < 0 || variable?.kind !== 'word' || !isMark(tokens[n + 2 + at], '=')) continue
    const name = joomla[variable.text]
    const field = name === undefined ? null : fieldAt(tokens, n + 3 + at, variable.text)
    if (field !== null && name !== undefined) list.add(name, field)
  }
  return list.logins((driver) => (/pgsql|postgres/i.test(driver ?? '') ? 'postgresql' : 'mysql'))
}

const drupal: Readonly<Record<string, string>> = {
  database: 'database',
  username: 'user',
  password: 'password',
  driver: 'driver',
}

/** `$databases['default']['default'] = ['database' => '…', …];` of Drupal, and one setting of it at a time. */
export function drupalSettings(tokens: readonly PhpToken[]): LoginFields[] {
  const list = new LoginList()
  const single = new Map<string, Map<string, Field>>()
  for (let n = 0; n < tokens.length; n += 1) {
    if (!isWord(tokens[n], /^\$databases$/)) continue
    const indexes: string[] = []
    let at = n + 1
    for (; isMark(tokens[at], '[') && isMark(tokens[at + 2], ']'); at += 3)
      indexes.push(stringOf(tokens[at + 1]) ?? '')
    if (!isMark(tokens[at], '=')) continue
    const key = indexes.at(-1) ?? ''
    const name = indexes.length > 2 ? drupal[key] : undefined
    const field = name === undefined ? null : fieldAt(tokens, at + 1, key)
    if (field !== null && name !== undefined) {
      const owner = indexes.slice(0, -1).join('\0')
      single.set(owner, list.add(name, field, single.get(owner) ?? new Map<string, Field>()))
    } else n = drupalArray(tokens, at + 1, list)
  }
  return list.logins((driver) =>
    driver === 'pgsql'
      ? 'postgresql'
      : driver === null || /^(mysql|mysqli|mariadb)$/.test(driver)
        ? 'mysql'
        : null,
  )
}

/** Reads to the end of a statement; each array is a login of its own. Answers the last token. */
function drupalArray(tokens: readonly PhpToken[], from: number, list: LoginList): number {
  const open = [new Map<string, Field>()]
  for (let n = from; n < tokens.length; n += 1) {
    const token = tokens[n]
    if (isMark(token, ';') && open.length === 1) return n
    if (isMark(token, '(') || isMark(token, '[')) open.push(new Map<string, Field>())
    else if (isMark(token, ')') || isMark(token, ']')) open.pop()
    const key = stringOf(token)
    const name = key === null || !isMark(tokens[n + 1], '=>') ? undefined : drupal[key]
    const field = key === null || name === undefined ? null : fieldAt(tokens, n + 2, key)
    if (field !== null && name !== undefined) list.add(name, field, open.at(-1) ?? null)
  }
  return tokens.length
}
