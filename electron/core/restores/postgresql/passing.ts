import type { DumpEntry } from '../../collectors/postgresql/archive-walk.ts'

/** What holds the data. Where one of these cannot be made, the dump is not taken into use. */
const vital = new Set([
  ...['SCHEMA', 'EXTENSION', 'TYPE', 'SHELL TYPE', 'DOMAIN', 'COLLATION', 'TABLE', 'TABLE ATTACH', 'DEFAULT'],
  ...['SEQUENCE', 'SEQUENCE OWNED BY', 'SEQUENCE SET', 'TABLE DATA', 'BLOB', 'BLOBS', 'BLOB METADATA'],
  ...['CONSTRAINT', 'CHECK CONSTRAINT', 'FK CONSTRAINT', 'INDEX', 'INDEX ATTACH'],
])

/** What works on the data. One that the owner may not make, or that needs something else, is left out and named. */
const programs = new Set([
  ...[
    'FUNCTION',
    'PROCEDURE',
    'AGGREGATE',
    'PROCEDURAL LANGUAGE',
    'TRIGGER',
    'RULE',
    'POLICY',
    'ROW SECURITY',
  ],
  ...['VIEW', 'MATERIALIZED VIEW', 'MATERIALIZED VIEW DATA', 'COMMENT', 'BLOB COMMENTS', 'STATISTICS'],
  ...['STATISTICS DATA', 'OPERATOR', 'OPERATOR CLASS', 'OPERATOR FAMILY', 'CAST', 'CONVERSION', 'TRANSFORM'],
  ...['TEXT SEARCH DICTIONARY', 'TEXT SEARCH CONFIGURATION', 'PUBLICATION', 'PUBLICATION TABLE'],
  ...['PUBLICATION TABLES IN SCHEMA'],
])

/** Settings of the dump itself, which pg_restore takes without being asked. */
const preamble = new Set(['ENCODING', 'STDSTRINGS', 'SEARCHPATH'])

/** What is said elsewhere, or is the server's and not a database's. */
const elsewhere = new Set(['DATABASE', 'DATABASE PROPERTIES', 'TABLESPACE'])

/** A dump as it will be read. */
export interface Passing {
  readonly entries: readonly DumpEntry[]
  /** What only an administrator could make, or nobody here knows. */
  readonly refused: readonly DumpEntry[]
  /** Rights of others, which are not brought. */
  readonly grants: readonly DumpEntry[]
}

/** Whether a dump may not be taken into use without this entry. */
export function isVital({ kind }: DumpEntry): boolean {
  return vital.has(kind)
}

/**
 * Chooses by kind what of a dump is read, in its order. What an entry of an allowed kind really does is for the server
 * to judge: it is read by a login that may do nothing but make things in one empty database.
 */
export function passing(
  entries: readonly DumpEntry[],
  {
    grants,
    provided,
  }: {
    /** Whether rights of roles come along. */
    readonly grants: boolean
    /** Extensions and schemas that are there before. */
    readonly provided: { readonly extensions: ReadonlySet<string>; readonly schemas: ReadonlySet<string> }
  },
): Passing {
  const isThere = ({ kind, tag }: DumpEntry) =>
    (kind === 'EXTENSION' && provided.extensions.has(tag)) ||
    (kind === 'SCHEMA' && provided.schemas.has(tag)) ||
    (kind === 'COMMENT' && tag.startsWith('EXTENSION '))
  const ours = entries.filter((entry) => !preamble.has(entry.kind) && !elsewhere.has(entry.kind))
  const isGrant = ({ kind }: DumpEntry) => kind === 'ACL' || kind === 'DEFAULT ACL'
  const goes = (entry: DumpEntry) => vital.has(entry.kind) || programs.has(entry.kind)
  return {
    entries: ours.filter((entry) => (goes(entry) && !isThere(entry)) || (grants && entry.kind === 'ACL')),
    refused: ours.filter((entry) => !goes(entry) && !isGrant(entry)),
    grants: ours.filter((entry) => entry.kind === 'DEFAULT ACL' || (entry.kind === 'ACL' && !grants)),
  }
}

/** Kinds that a single table needs around it: everything but others' data, keys between tables and programs on tables. */
const around = new Set([
  ...['SCHEMA', 'EXTENSION', 'TYPE', 'SHELL TYPE', 'DOMAIN', 'COLLATION', 'TABLE', 'DEFAULT', 'SEQUENCE'],
  ...[
    'SEQUENCE OWNED BY',
    'SEQUENCE SET',
    'CONSTRAINT',
    'CHECK CONSTRAINT',
    'INDEX',
    'FUNCTION',
    'AGGREGATE',
  ],
  ...['PROCEDURE', 'OPERATOR', 'OPERATOR CLASS', 'OPERATOR FAMILY', 'CAST', 'TEXT SEARCH DICTIONARY'],
  ...['TEXT SEARCH CONFIGURATION'],
])

/** Of what passes, what a single table is made of. */
export function forTable(
  { entries }: Passing,
  { schema, name }: { readonly schema: string; readonly name: string },
): readonly DumpEntry[] {
  return entries.filter(
    ({ kind, schema: of, tag }) =>
      around.has(kind) ||
      (kind === 'TABLE DATA' && of === schema && tag === name) ||
      (kind === 'COMMENT' && of === schema && (tag === `TABLE ${name}` || tag.startsWith(`COLUMN ${name}.`))),
  )
}

/** How an entry is called in plans and reports. */
export function entryName({ kind, schema, tag }: DumpEntry): string {
  return `${kind.toLowerCase()} ${schema === '' ? '' : `${schema}.`}${tag}`
}
