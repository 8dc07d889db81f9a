import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { Secret } from '../../secrets/secret.ts'
import { postgresqlService } from '../../sources/config/client-options.ts'
import { identifier, literal } from './sql.ts'
import { anyDatabase, must, type Reach } from './over-there.ts'

/**
 * What a server keeps of a password (RFC 5802, RFC 7677): enough to check it, and nothing to log in with. It is made
 * here so that the password is in no statement and no log over there.
 */
export function scramVerifier(password: string, salt: Buffer): string {
  const rounds = 4096
  const salted = pbkdf2Sync(password, salt, rounds, 32, 'sha256')
  const key = (name: string) => createHmac('sha256', salted).update(name).digest()
  const stored = createHash('sha256').update(key('Client Key')).digest('base64')
  return `SCRAM-SHA-256$${rounds}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`
}

/** How a login of ours gets to one database. */
export type ServiceFor = (database: string) => Secret

const lifeMs = 3 * 24 * 3_600_000

/**
 * Makes a login that has no right on anything yet and is a member of nothing, or gives the one that is there another
 * password. It ends by itself after three days, should nobody be there to remove it.
 */
export async function makeLogin(
  reach: Reach,
  { name, port, now }: { readonly name: string; readonly port: number; readonly now: Date },
): Promise<ServiceFor> {
  const password = randomBytes(24).toString('base64url')
  const until = literal(new Date(now.getTime() + lifeMs).toISOString())
  const verifier = literal(scramVerifier(password, randomBytes(16)))
  const rights = 'LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS'
  await must(reach, anyDatabase, {
    what: 'make a login for the import',
    statements: [
      `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = ${literal(name)}) THEN CREATE ROLE ${identifier(name)}; END IF; END $$`,
      `ALTER ROLE ${identifier(name)} ${rights} CONNECTION LIMIT 4 VALID UNTIL ${until} PASSWORD ${verifier}`,
    ],
  })
  return (database) =>
    postgresqlService(
      { host: 'localhost', port, socket: null, user: name, password: new Secret(password) },
      database,
    )
}

/** Keeps a login of ours out, and ends its sessions. */
export async function closeLogin(reach: Reach, name: string): Promise<void> {
  await must(reach, anyDatabase, {
    what: 'end the login of the import',
    statements: [
      `ALTER ROLE ${identifier(name)} NOLOGIN`,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ${literal(name)}`,
    ],
  })
}
