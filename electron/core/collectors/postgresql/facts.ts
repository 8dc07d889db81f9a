import { z } from 'zod'
import { textLiteral } from './server.ts'
import type { PostgresqlServer } from './server.ts'

const DatabaseFacts = z.object({
  owner: z.string(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  connectionLimit: z.number(),
  acl: z.array(z.string()).nullable(),
  settings: z.array(z.object({ role: z.string().nullable(), settings: z.array(z.string()) })),
  version: z.string(),
  extensions: z.array(z.string()),
  tables: z.array(
    z.object({ name: z.string(), rows: z.number(), readable: z.boolean(), pattern: z.string() }),
  ),
})

/** What a server says of one of its databases. `rows` are estimates, -1 where there is none. */
export type DatabaseFacts = z.infer<typeof DatabaseFacts>

const Role = z.object({
  name: z.string(),
  superuser: z.boolean(),
  inherit: z.boolean(),
  createRole: z.boolean(),
  createDatabase: z.boolean(),
  login: z.boolean(),
  replication: z.boolean(),
  bypassRowSecurity: z.boolean(),
  connectionLimit: z.number(),
  validUntil: z.string().nullable(),
  memberOf: z.array(z.string()),
  password: z.string().nullable().optional(),
})

/** A role that a source's databases need. */
export type Role = z.infer<typeof Role>

/** Asks about one database, from inside of it; null where that is refused. */
export async function databaseFacts(
  server: PostgresqlServer,
  database: string,
): Promise<{ facts: DatabaseFacts | null; lines: readonly string[] }> {
  const { output, lines } = await server.query(
    database,
    `SELECT json_build_object(
      'owner', pg_get_userbyid(d.datdba), 'encoding', pg_encoding_to_char(d.encoding), 'collate', d.datcollate,
      'ctype', d.datctype, 'connectionLimit', d.datconnlimit, 'acl', d.datacl::text[],
      'settings', (SELECT coalesce(json_agg(json_build_object('role', r.rolname, 'settings', s.setconfig)), '[]')
        FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = d.oid),
      'version', version(),
      'extensions', (SELECT coalesce(json_agg(extname || ' ' || extversion ORDER BY extname), '[]') FROM pg_extension),
      'tables', (SELECT coalesce(json_agg(json_build_object('name', n.nspname || '.' || c.relname,
          'rows', c.reltuples, 'readable', has_table_privilege(c.oid, 'SELECT'),
          'pattern', '"' || replace(n.nspname, '"', '""') || '"."' || replace(c.relname, '"', '""') || '"')
          ORDER BY n.nspname, c.relname), '[]')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm', 'S', 'v', 'f')
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'))
    FROM pg_database d WHERE d.datname = current_database()`,
  )
  const parsed = output === null ? null : DatabaseFacts.safeParse(jsonOf(output))
  return { facts: parsed?.success === true ? parsed.data : null, lines }
}

/**
 * The roles that own something in these databases or have a right there, with what they may do. Password hashes only
 * with `hashes`, for those who may see them.
 */
export async function rolesOf(
  server: PostgresqlServer,
  databases: readonly string[],
  options: { readonly hashes: boolean },
): Promise<Role[]> {
  const [first] = databases
  if (first === undefined) return []
  const names = databases.map(textLiteral).join(', ')
  const [table, password] =
    options.hashes && server.superuser ? ['pg_authid', ", 'password', a.rolpassword"] : ['pg_roles', '']
  const { output } = await server.query(
    first,
    `SELECT coalesce(json_agg(json_build_object('name', a.rolname, 'superuser', a.rolsuper, 'inherit', a.rolinherit,
      'createRole', a.rolcreaterole, 'createDatabase', a.rolcreatedb, 'login', a.rolcanlogin,
      'replication', a.rolreplication, 'bypassRowSecurity', a.rolbypassrls, 'connectionLimit', a.rolconnlimit,
      'validUntil', a.rolvaliduntil, 'memberOf', (SELECT coalesce(json_agg(g.rolname ORDER BY g.rolname), '[]')
        FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = a.oid)${password})
      ORDER BY a.rolname), '[]') FROM ${table} a WHERE a.rolname !~ '^pg_' AND NOT a.rolsuper AND a.oid IN (
        SELECT datdba FROM pg_database WHERE datname IN (${names})
        UNION SELECT s.refobjid FROM pg_shdepend s JOIN pg_database d ON d.datname IN (${names})
          AND (s.dbid = d.oid OR s.classid = 'pg_database'::regclass AND s.objid = d.oid)
          WHERE s.refclassid = 'pg_authid'::regclass)`,
  )
  const parsed = output === null ? null : z.array(Role).safeParse(jsonOf(output))
  return parsed?.success === true ? parsed.data : []
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
