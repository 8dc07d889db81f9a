import { z } from 'zod'
import { ask, type Reach } from './over-there.ts'
import { literal, relation } from './sql.ts'

type TableName = { readonly schema: string; readonly name: string }

const Found = z.object({
  oid: z.number(),
  /** `r` for a plain table, `p` for a partitioned one. */
  kind: z.string(),
  inherits: z.boolean(),
  /** Its indexes and the sequences that are its columns' own. */
  parts: z.array(z.object({ kind: z.enum(['INDEX', 'SEQUENCE']), name: z.string() })),
  /** Relations and functions of its schema that are no part of it, its rules, triggers and policies. */
  others: z.number(),
  /** What would go on pointing to it if another table got its name, a line each. */
  dependents: z.array(z.string()),
})

/** A table as the catalogue has it. */
export type FoundTable = z.infer<typeof Found>
export const FoundTable = Found

/** Looks for a table; null where there is none of that name. */
export async function findTable(
  reach: Reach,
  database: string,
  { schema, name }: TableName,
): Promise<FoundTable | null> {
  return ask(reach, database, {
    what: `say what ${name} is`,
    sql: `WITH t AS (SELECT c.* , c.oid AS id FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ${literal(schema)} AND c.relname = ${literal(name)} AND c.relkind IN ('r', 'p')),
      parts AS (SELECT i.indexrelid AS id, 'INDEX' AS kind FROM pg_index i JOIN t ON i.indrelid = t.id
        UNION SELECT d.objid, 'SEQUENCE' FROM pg_depend d JOIN t ON d.refobjid = t.id JOIN pg_class s ON s.oid = d.objid
          WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
          AND s.relkind = 'S'),
      all_of AS (SELECT id FROM t UNION SELECT id FROM parts)
    SELECT coalesce((SELECT json_build_object('oid', t.id::int8, 'kind', t.relkind,
      'inherits', t.relkind = 'p' OR EXISTS (SELECT FROM pg_inherits WHERE inhrelid = t.id OR inhparent = t.id),
      'parts', (SELECT coalesce(json_agg(json_build_object('kind', p.kind, 'name', c.relname)), '[]')
        FROM parts p JOIN pg_class c ON c.oid = p.id),
      'others', (SELECT count(*) FROM pg_class c WHERE c.relnamespace = t.relnamespace AND c.oid NOT IN (SELECT id FROM all_of))
        + (SELECT count(*) FROM pg_proc p WHERE p.pronamespace = t.relnamespace)
        + (SELECT count(*) FROM pg_rewrite r WHERE r.ev_class = t.id)
        + (SELECT count(*) FROM pg_trigger g WHERE g.tgrelid = t.id)
        + (SELECT count(*) FROM pg_policy y WHERE y.polrelid = t.id),
      'dependents', (SELECT coalesce(json_agg(DISTINCT pg_describe_object(d.classid, d.objid, 0)), '[]')
        FROM pg_depend d WHERE d.deptype IN ('n', 'a', 'i')
        AND (d.refclassid = 'pg_class'::regclass AND d.refobjid IN (SELECT id FROM all_of)
          OR d.refclassid = 'pg_type'::regclass AND d.refobjid = t.reltype)
        AND (d.classid = 'pg_rewrite'::regclass
          OR d.classid = 'pg_proc'::regclass
          OR d.classid = 'pg_publication_rel'::regclass
          OR d.classid = 'pg_policy'::regclass
          OR d.classid = 'pg_constraint'::regclass AND EXISTS (SELECT FROM pg_constraint k WHERE k.oid = d.objid
            AND k.contype = 'f' AND k.confrelid = t.id AND k.conrelid <> t.id)
          OR d.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM pg_attrdef a WHERE a.oid = d.objid
            AND a.adrelid <> t.id)
          OR d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_type'::regclass AND d.objid <> t.id)))
      FROM t), 'null')`,
    schema: Found.nullable(),
  })
}

/** New names for the parts of a table that gets another name, none longer than a name may be and none twice. */
export function freeNames(
  { parts }: FoundTable,
  { from, to }: { readonly from: string; readonly to: string },
): { readonly kind: 'INDEX' | 'SEQUENCE'; readonly from: string; readonly to: string }[] {
  const used = new Set([to])
  return parts.map(({ kind, name }, at) => {
    const rest = name.startsWith(from) ? name.slice(from.length) : `_${name}`
    const whole = `${to}${rest}`
    const short = Buffer.byteLength(whole) <= 63 && !used.has(whole)
    const free = short
      ? whole
      : `${Buffer.from(to).subarray(0, 40).toString('utf8').replaceAll('\ufffd', '')}_${at}`
    used.add(free)
    return { kind, from: name, to: free }
  })
}

const Kept = z.array(z.string())

/**
 * Statements that give the table at `place` what is on the one that it replaces: foreign keys to others, triggers and
 * rights. The server writes them itself, from its catalogue.
 */
export async function keptStatements(
  reach: Reach,
  database: string,
  { table, place }: { readonly table: FoundTable; readonly place: TableName },
): Promise<readonly string[]> {
  const name = literal(relation(place))
  const rows = await ask(reach, database, {
    what: `say what is on ${place.name}`,
    sql: `SELECT coalesce(json_agg(sql), '[]') FROM (
      SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', ${name}, conname, pg_get_constraintdef(oid)) AS sql
        FROM pg_constraint WHERE conrelid = ${table.oid} AND contype = 'f'
      UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = ${table.oid} AND NOT tgisinternal
      UNION ALL SELECT format('GRANT %s ON %s TO %s', a.privilege_type, ${name},
          CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
        FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = ${table.oid} AND a.grantee <> c.relowner) kept`,
    schema: Kept,
  })
  return rows
}
