import type { ConfigLogin } from './config-file.ts'

/** Escapes of MySQL's option files. */
const optionEscapes: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  r: '\r',
  '\\': '\\',
  s: ' ',
}

function optionValue(raw: string): string {
  const quoted = /^(["'])([^]*)\1$/.exec(raw)?.[2]
  const text = quoted ?? raw
  return text.replaceAll(/\\([^])/g, (whole, letter: string) =>
    letter === '"' || letter === "'" ? letter : (optionEscapes[letter] ?? whole),
  )
}

/** `~/.my.cnf`: what the groups that dump tools read add up to; later lines win. It names no databases. */
export function myCnfLogins(text: string): ConfigLogin[] {
  const values = new Map<string, string>()
  let counts = false
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    const group = /^\[([^\]]+)\]/.exec(line)?.[1]
    if (group !== undefined)
      counts = /^(client|client-mariadb|client-server|mysqldump|mariadb-dump)$/.test(group)
    const [, key, value] = /^(user|password|host|port|socket)\s*=\s*(.*)$/.exec(line) ?? []
    if (counts && key !== undefined && value !== undefined) values.set(key, optionValue(value.trim()))
  }
  const user = values.get('user')
  if (user === undefined) return []
  const [host, port, socket] = [values.get('host'), values.get('port'), values.get('socket')]
  return [
    { engine: 'mysql', host, port, socket, user, password: values.get('password') ?? '', databases: [] },
  ]
}

/** `~/.pgpass`: a login a line; `*` leaves a field open. */
export function pgpassLogins(text: string): ConfigLogin[] {
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('#')) return []
    const fields = [...line.matchAll(/((?:[^:\\]|\\[^])*)(?::|$)/g)].map(([, field = '']) =>
      field.replaceAll(/\\([^])/g, '$1'),
    )
    const [host = '', port = '', database = '', user = '', password = ''] = fields
    if (user === '' || user === '*' || password === '') return []
    const open = (field: string) => (field === '*' ? undefined : field)
    return [
      {
        engine: 'postgresql',
        host: open(host),
        port: open(port),
        user,
        password,
        databases: database === '*' ? [] : [database],
      },
    ]
  })
}
