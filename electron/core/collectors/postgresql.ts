import { backAgain } from './crash-patience.ts'
import { dumpMeta } from './dump-meta.ts'
import { encodedName } from './encoded-name.ts'
import { writeDump } from './postgresql/dump.ts'
import { databaseFacts, rolesOf } from './postgresql/facts.ts'
import { postgresqlServer } from './postgresql/server.ts'
import type { ComponentSummary, Warning } from '../../../shared/model/backup.ts'
import type { CollectContext, Collector } from './collector.ts'
import type { CrashPatience } from './crash-patience.ts'
import type { DumpFailure, DumpResult } from './postgresql/dump.ts'
import type { DatabaseFacts, Role } from './postgresql/facts.ts'
import type { PostgresqlServer } from './postgresql/server.ts'

export interface PostgresqlCollectorOptions {
  /** How long a crashed server may take to come back, in milliseconds. Default 90 s, asked every second. */
  readonly crashWaitMs?: number
  readonly crashPollMs?: number
}

interface Held {
  readonly name: string
  /** Null where no login opens it. */
  readonly server: PostgresqlServer | null
  readonly facts: DatabaseFacts | null
  readonly lines: readonly string[]
}

function wantedNames({ source, only }: Pick<CollectContext, 'source' | 'only'>): string[] {
  return source.databases
    .filter((database) => database.engine === 'postgresql' && only.touchesDatabase(database))
    .map(({ name }) => name)
}

function itemPath(database: string, table?: string): string {
  return table === undefined
    ? `databases/postgresql/${database}`
    : `databases/postgresql/${database}/${table}`
}

async function hold(context: CollectContext): Promise<Held[]> {
  const { shell, signal, databaseLogins } = context
  const held: Held[] = []
  for (const name of wantedNames(context)) {
    const login =
      databaseLogins.find((one) => one.engine === 'postgresql' && one.databases.includes(name)) ?? null
    const reachable = shell.privilege !== 'user' || login !== null
    const server = reachable
      ? postgresqlServer(shell, shell.privilege === 'user' ? login : null, signal)
      : null
    const known = server === null ? { facts: null, lines: [] } : await databaseFacts(server, name)
    held.push({ name, server, ...known })
  }
  return held
}

/** Databases of PostgreSQL: one component each, after one named `_server` with `_roles.json`. */
export function createPostgresqlCollector({
  crashWaitMs = 90_000,
  crashPollMs = 1_000,
}: PostgresqlCollectorOptions = {}): Collector {
  return {
    kinds: ['postgresql'],
    wanted: (source, scope) =>
      (scope === 'full' || scope === 'databases') &&
      source.databases.some(({ engine }) => engine === 'postgresql'),
    async collect(context) {
      const patience = { clock: context.clock, waitMs: crashWaitMs, pollMs: crashPollMs }
      const held = await hold(context)
      const summaries: ComponentSummary[] = []
      if (held.some(({ facts }) => facts !== null)) summaries.push(await writeServer(context, held))
      for (const one of held) summaries.push(await writeDatabase(context, one, patience))
      return summaries
    },
  }
}

/** The collector as the product uses it. */
export const postgresqlCollector: Collector = createPostgresqlCollector()

async function writeServer(context: CollectContext, held: readonly Held[]): Promise<ComponentSummary> {
  const hashes = context.credentials
  const component = context.component('postgresql', '_server')
  const roles = new Map<string, Role>()
  for (const server of new Set(held.map((one) => one.server))) {
    const names = held.filter((one) => one.server === server && one.facts !== null).map(({ name }) => name)
    if (server === null || names.length === 0) continue
    const known = await rolesOf(server, names, { hashes })
    const note = 'The server did not say which roles these databases need.'
    if (known === null) component.warn({ code: 'component-failed', path: itemPath('_roles.json'), note })
    for (const role of known ?? []) roles.set(role.name, role)
  }
  const databases = held.flatMap(({ name, facts }) => {
    if (facts === null) return []
    const { version: _version, tables: _tables, ...rest } = facts
    return [{ name, ...rest }]
  })
  const content = Buffer.from(`${JSON.stringify({ roles: [...roles.values()], databases }, null, 2)}\n`)
  const meta = dumpMeta('databases/postgresql/_roles.json', context.clock)
  await component.entry({ ...meta, type: 'file', size: content.length }, content)
  const version = held.find(({ facts }) => facts !== null)?.facts?.version ?? null
  const detail = { databases: databases.length, roles: roles.size, credentials: hashes }
  return component.close({ tool: version === null ? null : 'psql', version, detail, missing: false })
}

async function writeDatabase(
  context: CollectContext,
  { name, server, facts, lines }: Held,
  patience: CrashPatience,
): Promise<ComponentSummary> {
  const component = context.component('postgresql', name)
  const lost = (warning: Warning): Promise<ComponentSummary> => {
    component.warn(warning)
    return component.close({ tool: null, version: null, detail: {}, missing: true })
  }
  if (server === null) {
    const note = 'No configuration file of this account has a login that opens it.'
    return lost({ code: 'not-permitted', path: itemPath(name), note })
  }
  if (facts === null) {
    const said = lines.slice(0, 2).join(' ').slice(0, 500)
    const note = said === '' ? 'The server does not have it, or does not answer.' : `The server said: ${said}`
    return lost({ code: 'database-failed', path: itemPath(name), note })
  }
  const meta = dumpMeta(`databases/postgresql/${encodedName(name)}.dump`, context.clock)
  const closed = facts.tables.filter(({ readable }) => !readable)
  const flags = closed.map(({ pattern }) => `--exclude-table=${pattern}`)
  const attempt = (): Promise<DumpResult | DumpFailure> =>
    writeDump(server, name, flags, component, { meta, signal: context.signal })
  const answers = async () => (await server.query(name, 'SELECT 1')).output !== null
  let result = await attempt()
  if ('why' in result && !(await answers()) && (await backAgain(answers, patience, context.signal))) {
    result = await attempt()
  }
  if ('why' in result) return lost({ code: 'database-failed', path: itemPath(name), note: result.why })
  for (const { name: table, from, to } of result.tables)
    component.part({ kind: 'table', name: table, from, to })
  for (const { name: table } of closed) {
    component.warn({ code: 'table-failed', path: itemPath(name, table), note: 'This login may not read it.' })
  }
  const { owner, encoding, collate, ctype, extensions, version } = facts
  const rows = Object.fromEntries(facts.tables.slice(0, 1000).map((table) => [table.name, table.rows]))
  const detail = {
    owner,
    encoding,
    collate,
    ctype,
    extensions,
    server: version,
    rows,
    entries: result.entries,
    flags,
  }
  return component.close({ tool: 'pg_dump', version: result.version, detail, missing: false })
}
