import type { ConfigLogin } from './config-file.ts'

function valueOf(raw: string): string {
  const double = /^"((?:[^"\\]|\\.)*)"/.exec(raw)?.[1]
  if (double !== undefined) return double.replaceAll(/\\(["\\$])/g, '$1')
  return /^'([^']*)'/.exec(raw)?.[1] ?? raw.replace(/\s+#.*$/, '').trim()
}

function fromUrl(text: string): ConfigLogin[] {
  const url = URL.parse(text)
  const engine = /^(mysql|mariadb|mysql2):$/.test(url?.protocol ?? '')
    ? 'mysql'
    : /^(postgres|postgresql|pgsql):$/.test(url?.protocol ?? '')
      ? 'postgresql'
      : null
  if (url === null || engine === null || url.username === '') return []
  try {
    const [user, password, path] = [url.username, url.password, url.pathname].map(decodeURIComponent)
    const database = (path ?? '').replace(/^\//, '')
    return [
      {
        engine,
        host: url.hostname,
        port: url.port,
        user: user ?? '',
        password: password ?? '',
        databases: [database],
      },
    ]
  } catch {
    return []
  }
}

/** `DB_DATABASE` and its like, or `DATABASE_URL`, of the frameworks that read `.env`. */
export function dotenvLogins(text: string): ConfigLogin[] {
  const values = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, key, raw] = /^\s*(?:export\s+)?([A-Z][A-Z0-9_]*)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (key !== undefined && raw !== undefined) values.set(key, valueOf(raw))
  }
  const urls = ['DATABASE_URL', 'DB_URL'].flatMap((key) => fromUrl(values.get(key) ?? ''))
  const database = values.get('DB_DATABASE') ?? values.get('DB_NAME')
  const user = values.get('DB_USERNAME') ?? values.get('DB_USER')
  if (database === undefined || user === undefined) return urls
  const engine = /pgsql|postgres/i.test(values.get('DB_CONNECTION') ?? '') ? 'postgresql' : 'mysql'
  const password = values.get('DB_PASSWORD') ?? values.get('DB_PASS') ?? ''
  const [host, port, socket] = [values.get('DB_HOST'), values.get('DB_PORT'), values.get('DB_SOCKET')]
  return [{ engine, host, port, socket, user, password, databases: [database] }, ...urls]
}
