import { z } from 'zod'
import { textLiteral } from './server.ts'
import type { PostgresqlServer } from './server.ts'

const DatabaseFacts = z.object({
  owner: z.string(),
  encoding: z.string(),
  collate: z.string(),
  ctype: z.string(),
  /** `c` for the C library, `i` for ICU, `b` for PostgreSQL's own; null before version 15. */
  localeProvider: z.string().nullable(),
  /** ICU's or PostgreSQL's own locale. */
  locale: z.string().nullable(),
  icuRules: z.string().nullable(),
  comment: z.string().nullable(),
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
  /** The same with what each membership allows; `inherit` and `set` are null before version 16. */
  memberships: z.array(
    z.object({
      role: z.string(),
      admin: z.boolean(),
      inherit: z.boolean().nullable(),
      set: z.boolean().nullable(),
    }),
  ),
  /** `ALTER ROLE … SET` for every database. */
  settings: z.array(z.string()),
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
      'ctype', d.datctype, 'localeProvider', to_jsonb(d) ->> 'datlocprovider',
      'locale', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
      'icuRules', to_jsonb(d) ->> 'daticurules', 'comment', shobj_description(d.oid, 'pg_database'), 'connectionLimit', d.datconnlimit, 'acl', d.datacl::text[],
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

/** Roles that own something in these databases, with their members, and roles that have a right there. */
function holders(names: string): string {
  const inThem = `pg_shdepend s JOIN pg_database d ON d.datname IN (${names})
    AND (s.dbid = d.oid OR s.classid = 'pg_database'::regclass AND s.objid = d.oid)
    WHERE s.refclassid = 'pg_authid'::regclass`
  return `owner(id) AS (SELECT datdba FROM pg_database WHERE datname IN (${names})
      UNION SELECT s.refobjid FROM ${inThem} AND s.deptype = 'o'),
    member(id) AS (SELECT o.id FROM owner o JOIN pg_roles r ON r.oid = o.id WHERE NOT r.rolsuper AND r.rolname !~ '^pg_'
      UNION SELECT m.member FROM pg_auth_members m JOIN member o ON m.roleid = o.id),
    needed(id) AS (SELECT id FROM (SELECT id FROM member UNION SELECT s.refobjid FROM ${inThem}) held
      UNION SELECT m.roleid FROM pg_auth_members m JOIN needed n ON m.member = n.id)`
}

/**
 * The roles that own something in these databases or have a right there, whoever is a member of the owners, and the
 * roles that all of these are members of, with what they may do. Password hashes only with `hashes`, for those who may
 * see them. No superusers. Null where the server does not say.
 */
export async function rolesOf(
  server: PostgresqlServer,
  databases: readonly string[],
  options: { readonly hashes: boolean },
): Promise<Role[] | null> {
  const [first] = databases
  if (first === undefined) return []
  const names = databases.map(textLiteral).join(', ')
  const [table, password] =
    options.hashes && server.superuser ? ['pg_authid', ", 'password', a.rolpassword"] : ['pg_roles', '']
  const { output } = await server.query(
    first,
    `WITH RECURSIVE ${holders(names)}
    SELECT coalesce(json_agg(json_build_object('name', a.rolname, 'superuser', a.rolsuper, 'inherit', a.rolinherit,
      'createRole', a.rolcreaterole, 'createDatabase', a.rolcreatedb, 'login', a.rolcanlogin,
      'replication', a.rolreplication, 'bypassRowSecurity', a.rolbypassrls, 'connectionLimit', a.rolconnlimit,
      'validUntil', a.rolvaliduntil, 'memberOf', (SELECT coalesce(json_agg(DISTINCT g.rolname), '[]')
        FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = a.oid),
      'memberships', (SELECT coalesce(json_agg(json_build_object('role', g.rolname, 'admin', m.admin_option,
          'inherit', (to_jsonb(m) ->> 'inherit_option')::boolean, 'set', (to_jsonb(m) ->> 'set_option')::boolean)
          ORDER BY g.rolname), '[]')
        FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = a.oid),
      'settings', coalesce((SELECT to_json(setconfig) FROM pg_db_role_setting
        WHERE setrole = a.oid AND setdatabase = 0), '[]')${password})
      ORDER BY a.rolname), '[]') FROM ${table} a
      WHERE a.rolname !~ '^pg_' AND NOT a.rolsuper AND a.oid IN (SELECT id FROM needed)`,
  )
  const parsed = output === null ? null : z.array(Role).safeParse(jsonOf(output))
  return parsed?.success === true ? parsed.data : null
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
