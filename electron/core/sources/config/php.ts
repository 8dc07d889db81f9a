import type { ConfigLogin } from './config-file.ts'

const string = String.raw`('(?:[^'\\]|\\[^])*'|"(?:[^"\\]|\\[^])*")`

function withoutComments(text: string): string {
  return text.replaceAll(/^\s*(?:\/\/|#|\*).*$/gm, '').replaceAll(/\/\*[^]*?\*\//g, '')
}

function unquote(literal: string | undefined): string | undefined {
  if (literal === undefined) return undefined
  const inner = literal.slice(1, -1)
  return literal.startsWith("'")
    ? inner.replaceAll(/\\(['\\])/g, '$1')
    : inner.replaceAll(/\\(["\\$])/g, '$1')
}

/** `define('DB_NAME', '…')` of WordPress. */
export function wordpressLogins(text: string): ConfigLogin[] {
  const source = withoutComments(text)
  const constant = (name: string) =>
    unquote(new RegExp(String.raw`define\s*\(\s*['"]${name}['"]\s*,\s*${string}`).exec(source)?.[1])
  const [database, user] = [constant('DB_NAME'), constant('DB_USER')]
  if (database === undefined || user === undefined) return []
  return [
    {
      engine: 'mysql',
      host: constant('DB_HOST'),
      user,
      password: constant('DB_PASSWORD') ?? '',
      databases: [database],
    },
  ]
}

/** `public $db = '…'` of Joomla. */
export function joomlaLogins(text: string): ConfigLogin[] {
  const source = withoutComments(text)
  const field = (name: string) =>
    unquote(new RegExp(String.raw`\b(?:public|var)\s+\$${name}\s*=\s*${string}`).exec(source)?.[1])
  const [database, user] = [field('db'), field('user')]
  if (database === undefined || user === undefined) return []
  const engine = /pgsql|postgres/i.test(field('dbtype') ?? '') ? 'postgresql' : 'mysql'
  return [{ engine, host: field('host'), user, password: field('password') ?? '', databases: [database] }]
}

/** `$databases['default']['default'] = ['database' => '…', …]` of Drupal; every such group is a login. */
export function drupalLogins(text: string): ConfigLogin[] {
  const source = withoutComments(text)
  const groups = [...source.matchAll(/\$databases\s*(?:\[[^\]]*\]\s*)*=\s*(?:array\s*\(|\[)([^;]*);/g)]
  return groups.flatMap(([, body = '']) => {
    const field = (name: string) =>
      unquote(new RegExp(String.raw`['"]${name}['"]\s*=>\s*${string}`).exec(body)?.[1])
    const [database, user] = [field('database'), field('username')]
    if (database === undefined || user === undefined) return []
    const engine = field('driver') === 'pgsql' ? 'postgresql' : 'mysql'
    const [host, port, socket] = [field('host'), field('port'), field('unix_socket')]
    return [{ engine, host, port, socket, user, password: field('password') ?? '', databases: [database] }]
  })
}
