import { z } from 'zod'
import { anyDatabase, ask, type Reach } from './over-there.ts'

const text = z.string().nullable()

/** A database of the server that is restored to. */
const LiveDatabase = z.object({
  ...{ oid: z.number(), name: z.string(), owner: z.string(), encoding: z.string() },
  ...{ collate: text, ctype: text, localeProvider: text, locale: text, icuRules: text, comment: text },
  connectionLimit: z.number(),
  acl: z.array(z.string()).nullable(),
  settings: z.array(z.object({ role: text, settings: z.array(z.string()) })),
  open: z.boolean(),
})
export type LiveDatabase = z.infer<typeof LiveDatabase>

const Facts = z.object({
  /** Like 150020. */
  version: z.number(),
  text: z.string(),
  port: z.number(),
  listens: z.string(),
  folder: z.string(),
  superuser: z.boolean(),
  /** Extensions that could be made; `trusted`: by whoever may make anything in a database. */
  extensions: z.array(z.object({ name: z.string(), trusted: z.boolean() })),
  collations: z.array(z.string()),
  databases: z.array(LiveDatabase),
  roles: z.array(z.object({ name: z.string(), superuser: z.boolean(), powerful: z.boolean() })),
})

/** What a restore must know of a server of PostgreSQL. */
export type TargetServer = z.infer<typeof Facts>

const question = `SELECT json_build_object(
  'version', current_setting('server_version_num')::int, 'text', current_setting('server_version'),
  'port', current_setting('port')::int, 'listens', current_setting('listen_addresses'),
  'folder', current_setting('data_directory'),
  'superuser', (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
  'extensions', (SELECT coalesce(json_agg(json_build_object('name', name, 'trusted', trusted)), '[]') FROM
    (SELECT name, bool_or(NOT v.superuser OR coalesce((to_jsonb(v) ->> 'trusted')::boolean, false)) AS trusted
     FROM pg_available_extension_versions v GROUP BY name) e),
  'collations', (SELECT json_agg(DISTINCT c) FROM (SELECT collcollate::text AS c FROM pg_collation
    UNION SELECT datcollate::text FROM pg_database) known WHERE c IS NOT NULL),
  'databases', (SELECT json_agg(json_build_object('oid', d.oid::int8, 'name', d.datname,
    'owner', pg_get_userbyid(d.datdba), 'encoding', pg_encoding_to_char(d.encoding), 'collate', d.datcollate,
    'ctype', d.datctype, 'localeProvider', to_jsonb(d) ->> 'datlocprovider',
    'locale', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'),
    'icuRules', to_jsonb(d) ->> 'daticurules', 'comment', shobj_description(d.oid, 'pg_database'),
    'connectionLimit', d.datconnlimit, 'acl', d.datacl::text[], 'open', d.datallowconn,
    'settings', (SELECT coalesce(json_agg(json_build_object('role', r.rolname, 'settings', s.setconfig)), '[]')
      FROM pg_db_role_setting s LEFT JOIN pg_roles r ON r.oid = s.setrole WHERE s.setdatabase = d.oid)))
    FROM pg_database d),
  'roles', (SELECT json_agg(json_build_object('name', rolname, 'superuser', rolsuper,
    'powerful', rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls)) FROM pg_roles))`

/** Asks a server about itself. Throws `remote-failed` where it does not answer. */
export async function targetServer(reach: Reach): Promise<TargetServer> {
  return ask(reach, anyDatabase, { what: 'say what it is', sql: question, schema: Facts })
}

export const Contents = z.object({
  /** As `pg_class` has them, without what belongs to extensions. Kinds: r p f tables, v m views, S sequences, i I indexes. */
  relations: z.array(z.object({ schema: z.string(), name: z.string(), kind: z.string() })),
  functions: z.number(),
  triggers: z.number(),
  foreignKeys: z.number(),
  extensions: z.array(z.object({ name: z.string(), schema: z.string() })),
})

/** What is in one database. */
export type Contents = z.infer<typeof Contents>

/** Asks for `Contents`, inside of a database. */
export const contentsQuestion = `SELECT json_build_object(
  'relations', (SELECT coalesce(json_agg(json_build_object('schema', n.nspname, 'name', c.relname, 'kind', c.relkind)
      ORDER BY n.nspname, c.relname), '[]')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relkind IN ('r','p','f','v','m','S','i','I')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')),
  'functions', (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend d
      WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))),
  'triggers', (SELECT count(*) FROM pg_trigger t WHERE NOT t.tgisinternal
    AND coalesce((to_jsonb(t) ->> 'tgparentid')::int8, 0) = 0),
  'foreignKeys', (SELECT count(*) FROM pg_constraint c WHERE c.contype = 'f'
    AND coalesce((to_jsonb(c) ->> 'conparentid')::int8, 0) = 0),
  'extensions', (SELECT json_agg(json_build_object('name', extname, 'schema', nspname))
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace))`

/** Looks into a database as its catalogue tells of it; no program of its users is run. */
export async function contentsOf(reach: Reach, database: string): Promise<Contents> {
  return ask(reach, database, { what: `say what is in ${database}`, sql: contentsQuestion, schema: Contents })
}
