import { randomBytes } from 'node:crypto'
import { accountName, identifier } from '../../collectors/mysql/sql.ts'
import type { MysqlServer } from '../../collectors/mysql/server.ts'
import { Secret } from '../../secrets/secret.ts'
import { mysqlOptions } from '../../sources/config/client-options.ts'
import { must } from './over-there.ts'
import { immediate } from './stored-programs.ts'

/** What the import login may do, in its one database. */
const privileges = 'CREATE, ALTER, DROP, INDEX, REFERENCES, INSERT, SELECT, LOCK TABLES'

/** A name of a database as GRANT has it, where `_` and `%` are wildcards. */
export function grantName(database: string): string {
  return identifier(database.replaceAll(/[\\_%]/g, '\\$&'))
}

/** Removes the login that reads dumps; one that is gone already is no error. */
export function droppingLogin(login: string): string {
  return `DROP USER IF EXISTS ${accountName(login, 'localhost')}`
}

/**
 * Makes a login that may read a dump into one database and do nothing else, gives its option file to `use`, and removes
 * it whatever happens.
 */
export async function withImportLogin<T>(
  server: MysqlServer,
  { login, database }: { readonly login: string; readonly database: string },
  use: (options: Secret) => Promise<T>,
): Promise<T> {
  const password = new Secret(`Aa1!${randomBytes(24).toString('base64url')}`)
  const as = accountName(login, 'localhost')
  try {
    await must(
      server,
      [
        droppingLogin(login),
        immediate(Buffer.from(`CREATE USER ${as} IDENTIFIED BY '${password.reveal()}'`)),
        `GRANT ${privileges} ON ${grantName(database)}.* TO ${as}`,
      ],
      { what: 'make a login for the import' },
    )
    return await use(mysqlOptions({ host: null, port: null, socket: null, user: login, password }))
  } finally {
    await must(server, [droppingLogin(login)], { what: 'remove the login of the import' })
  }
}
