import { z } from 'zod'

/** Password hashes that an archive of another tool holds, kept for making accounts, mailboxes and database users again. */
export const HashFacts = z.strictObject({
  unix: z.array(z.strictObject({ user: z.string(), hash: z.string() })),
  mailboxes: z.array(z.strictObject({ domain: z.string(), name: z.string(), hash: z.string() })),
  databases: z.array(
    z.strictObject({
      engine: z.enum(['mysql', 'postgresql']),
      user: z.string(),
      host: z.string(),
      /** As the server's own tables have it, `*…` or `$…`. */
      hash: z.string(),
      /** Of MySQL; null where the archive does not say. */
      plugin: z.string().nullable(),
      /** Databases that the archive says the user may use; empty where it does not say. */
      databases: z.array(z.string()),
    }),
  ),
})
export type HashFacts = z.infer<typeof HashFacts>
export type DatabaseLogin = HashFacts['databases'][number]

/** More than any server has; beyond it an archive is not believed. */
const cap = 100_000

/** Gathers hashes; of one login the first that was told counts, and its databases are joined. */
export class HashCollector {
  readonly #unix = new Map<string, HashFacts['unix'][number]>()
  readonly #mailboxes = new Map<string, HashFacts['mailboxes'][number]>()
  readonly #logins = new Map<string, DatabaseLogin>()

  unix(user: string, hash: string): void {
    if (isHash(hash)) put(this.#unix, user, { user, hash })
  }

  mailbox(domain: string, name: string, hash: string): void {
    if (isHash(hash)) put(this.#mailboxes, `${name}@${domain}`, { domain, name, hash })
  }

  login(login: DatabaseLogin): void {
    const key = JSON.stringify([login.engine, login.user, login.host])
    const known = this.#logins.get(key)
    if (known === undefined) {
      if (login.user !== '') put(this.#logins, key, login)
      return
    }
    const databases = [...new Set([...known.databases, ...login.databases])]
    this.#logins.set(key, {
      ...known,
      hash: known.hash || login.hash,
      plugin: known.plugin ?? login.plugin,
      databases,
    })
  }

  facts(): HashFacts {
    return {
      unix: [...this.#unix.values()],
      mailboxes: [...this.#mailboxes.values()],
      databases: [...this.#logins.values()].filter(({ hash }) => hash !== ''),
    }
  }
}

function put<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.size < cap && !map.has(key)) map.set(key, value)
}

/** Not a locked or empty password. */
function isHash(text: string): boolean {
  return /^[^\s:!*x][^\s:]*$/.test(text) || /^x[^\s:]+$/.test(text)
}
