import { dumpMeta } from './dump-meta.ts'
import { encodedName } from './encoded-name.ts'
import { collectDatabase, itemPath } from './mysql/database.ts'
import { dumpFlags } from './mysql/dump.ts'
import { databaseFacts, serverAccounts } from './mysql/facts.ts'
import { findTool, serverFor, serverForRoot } from './mysql/server.ts'
import { databaseUsers, grantsJson, grantsSql, mayHideTriggers, setupSql, usersSql } from './mysql/users.ts'
import type { ComponentSummary, Warning } from '../../../shared/model/backup.ts'
import type { CollectContext, Collector } from './collector.ts'
import type { CrashPatience } from './crash-patience.ts'
import type { DatabaseFacts } from './mysql/facts.ts'
import type { DumpTool, MysqlServer } from './mysql/server.ts'
import type { DatabaseUser } from './mysql/users.ts'

export interface MysqlCollectorOptions {
  /** How long a crashed server may take to come back, in milliseconds. Default 90 s, asked every second. */
  readonly crashWaitMs?: number
  readonly crashPollMs?: number
}

/** A server that holds databases of the source. */
interface Holding {
  readonly server: MysqlServer
  /** Why it cannot be reached, as its client says it. */
  readonly why: readonly string[]
  readonly databases: readonly string[]
}

function wantedNames({ source, only }: Pick<CollectContext, 'source' | 'only'>): string[] {
  return source.databases
    .filter((database) => database.engine === 'mysql' && only.touchesDatabase(database))
    .map(({ name }) => name)
}

async function holdings(context: CollectContext): Promise<{ held: Holding[]; homeless: string[] }> {
  const { shell, signal } = context
  const names = wantedNames(context)
  if (shell.privilege !== 'user')
    return { held: [{ ...(await serverForRoot(shell, signal)), databases: names }], homeless: [] }
  const logins = context.databaseLogins.filter(({ engine }) => engine === 'mysql')
  const byLogin = logins.map((login) => ({
    server: serverFor(shell, login, signal),
    why: [],
    databases: names.filter((name) => logins.find(({ databases }) => databases.includes(name)) === login),
  }))
  const held = byLogin.filter(({ databases }) => databases.length > 0)
  return { held, homeless: names.filter((name) => !held.some(({ databases }) => databases.includes(name))) }
}

/**
 * Databases of MySQL and MariaDB: one component each, and one named `_server` with what they need around them:
 * `_users.sql`, `_setup.sql`, `_grants.sql` and `_grants.json`, which come first.
 */
export function createMysqlCollector({
  crashWaitMs = 90_000,
  crashPollMs = 1_000,
}: MysqlCollectorOptions = {}): Collector {
  return {
    kinds: ['mysql'],
    wanted: (source, scope) =>
      (scope === 'full' || scope === 'databases') &&
      source.databases.some(({ engine }) => engine === 'mysql'),
    async collect(context) {
      const tool = await findTool(context.shell, context.signal)
      const { held, homeless } = await holdings(context)
      const summaries: ComponentSummary[] = []
      const facts = new Map<string, DatabaseFacts>()
      const users: DatabaseUser[] = []
      for (const { server, databases } of held) {
        for (const [name, known] of await databaseFacts(server, databases)) facts.set(name, known)
        const own = await databaseUsers(server, context.source.name, databases)
        users.push(...own)
        if (context.shell.privilege === 'user') skipHidden(context, own, databases)
      }
      if (facts.size > 0) summaries.push(await writeServer(context, tool, facts, users))
      for (const { server, why, databases } of held) {
        const accounts = await serverAccounts(server)
        let waitMs = crashWaitMs
        for (const name of databases) {
          const known = facts.get(name)
          if (tool === null || known === undefined) {
            const note = tool === null ? 'The server has neither mariadb-dump nor mysqldump.' : absent(why)
            summaries.push(
              await missing(context, tool, name, { code: 'database-failed', path: itemPath(name), note }),
            )
          } else {
            const patience = { clock: context.clock, waitMs, pollMs: crashPollMs }
            const onGone = () => (waitMs = 0)
            const work = { server, name, known, tool, accounts, patience, onGone }
            summaries.push(await writeDatabase(context, work))
          }
        }
      }
      for (const name of homeless) {
        const note = 'No configuration file of this account has a login that opens it.'
        summaries.push(
          await missing(context, tool, name, { code: 'not-permitted', path: itemPath(name), note }),
        )
      }
      return summaries
    },
  }
}

/** Says where triggers may be missing from a dump without an error. Nobody but the server can know. */
function skipHidden(
  context: CollectContext,
  users: readonly DatabaseUser[],
  databases: readonly string[],
): void {
  const why = 'This database may have triggers: this login would not be shown them.'
  for (const name of databases) {
    if (mayHideTriggers(users, name)) context.skip({ path: itemPath(name), why })
  }
}

function absent(why: readonly string[]): string {
  const said = why.slice(0, 2).join(' ').slice(0, 500)
  return said === ''
    ? 'The database server does not have it, or does not answer.'
    : `The database server said: ${said}`
}

function missing(
  context: CollectContext,
  tool: DumpTool | null,
  name: string,
  warning: Warning,
): Promise<ComponentSummary> {
  const component = context.component('mysql', name)
  component.warn(warning)
  return component.close({
    tool: tool?.name ?? null,
    version: tool?.version ?? null,
    detail: {},
    missing: true,
  })
}

async function writeServer(
  context: CollectContext,
  tool: DumpTool | null,
  facts: ReadonlyMap<string, DatabaseFacts>,
  users: readonly DatabaseUser[],
): Promise<ComponentSummary> {
  const component = context.component('mysql', '_server')
  const { credentials } = context
  const afterwards = grantsSql(users)
  const files: [string, string][] = [
    ...(credentials ? [['_users.sql', usersSql(users)] as [string, string]] : []),
    ['_setup.sql', setupSql(facts, users, { credentials })],
    ...(afterwards === '' ? [] : [['_grants.sql', afterwards] as [string, string]]),
    ['_grants.json', grantsJson(users)],
  ]
  for (const [name, text] of files) {
    const content = Buffer.from(text)
    const meta = dumpMeta(`databases/mysql/${name}`, context.clock)
    await component.entry({ ...meta, type: 'file', size: content.length }, content)
  }
  const detail = { databases: facts.size, users: users.length, credentials }
  return component.close({ tool: tool?.name ?? null, version: tool?.version ?? null, detail, missing: false })
}

interface DatabaseWork {
  readonly server: MysqlServer
  readonly name: string
  readonly known: DatabaseFacts
  readonly tool: DumpTool
  readonly accounts: ReadonlySet<string> | null
  readonly patience: CrashPatience
  /** Told when the server went away for longer than that. */
  readonly onGone: () => void
}

async function writeDatabase(context: CollectContext, work: DatabaseWork): Promise<ComponentSummary> {
  const { server, name, known, tool, accounts, patience } = work
  const component = context.component('mysql', name)
  const flags = dumpFlags(tool)
  const meta = dumpMeta(`databases/mysql/${encodedName(name)}.sql`, context.clock)
  const job = {
    server,
    database: name,
    facts: known,
    flags,
    component,
    meta,
    patience,
    signal: context.signal,
  }
  const { result, warnings, gone = false } = await collectDatabase(job, accounts)
  if (gone) work.onGone()
  for (const warning of warnings) component.warn(warning)
  for (const { name: table, from, to } of result?.tables ?? [])
    component.part({ kind: 'table', name: table, from, to })
  const engines: Record<string, number> = {}
  for (const { engine } of known.tables) if (engine !== '') engines[engine] = (engines[engine] ?? 0) + 1
  const detail = {
    charset: known.charset,
    collation: known.collation,
    engines,
    rows: Object.fromEntries(
      known.tables
        .filter(({ type }) => type === 'table')
        .slice(0, 1000)
        .map((one) => [one.name, one.rows]),
    ),
    views: known.tables.filter(({ type }) => type === 'view').length,
    programs: known.programs.filter(({ kind }) => kind !== 'view').length,
    flags,
  }
  return component.close({ tool: tool.name, version: tool.version, detail, missing: result === null })
}

/** The collector as the product uses it. */
export const mysqlCollector: Collector = createMysqlCollector()
