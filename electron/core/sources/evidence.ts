import type { DatabaseEngine, Evidence, SourceDatabase } from '../../../shared/model/source.ts'

/** A database as its server lists it. `owner` is PostgreSQL's owning role. */
export interface FoundDatabase {
  readonly engine: DatabaseEngine
  readonly name: string
  readonly bytes: number
  readonly owner: string | null
}

/** A row of `mysql.db`. `pattern` is what follows `GRANT … ON`: a LIKE pattern. */
export interface DatabaseGrant {
  readonly user: string
  readonly host: string
  readonly pattern: string
}

/** A database that a configuration file of an account names. */
export interface ConfigMention {
  readonly account: string
  readonly path: string
  readonly engine: DatabaseEngine
  readonly database: string
  readonly user: string
}

const systemDatabases: Record<DatabaseEngine, ReadonlySet<string>> = {
  mysql: new Set([
    'information_schema',
    'performance_schema',
    'mysql',
    'sys',
    'ndbinfo',
    '#mysql50#lost+found',
  ]),
  postgresql: new Set(['template0', 'template1', 'postgres']),
}

/** True for what belongs to the server itself, and for the second databases and the old ones that a restore has on its way. */
export function isSystemDatabase(engine: DatabaseEngine, name: string): boolean {
  return systemDatabases[engine].has(name) || /__new$|(^|_)h[fo]_[0-9a-f]{8}$/.test(name)
}

/** Whether a LIKE pattern with `\` as its escape matches the whole of `name`, case included. */
export function likeMatches(pattern: string, name: string): boolean {
  const source = [...pattern.matchAll(/\\([^])|([^])/gu)].map(([, escaped, plain]) => {
    if (escaped === undefined && plain === '%') return '[^]*'
    if (escaped === undefined && plain === '_') return '[^]'
    return (escaped ?? plain ?? '').replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
  })
  return new RegExp(`^${source.join('')}$`, 'u').test(name)
}

/** Whether a grant names this database, not a family of them: the pattern read as text, with or without escapes. */
export function namesExactly(pattern: string, name: string): boolean {
  return pattern === name || pattern.replaceAll(/\\([\\%_])/g, '$1') === name
}

/**
 * The account that a name belongs to by custom: the account's own name, or the longest `account_` at its
 * beginning. Longest over all accounts, so that `al` does not take `al_b_shop` from `al_b`.
 */
export function accountByPrefix(name: string, accounts: readonly string[]): string | null {
  let best: string | null = null
  for (const account of accounts) {
    const fits = name === account || name.startsWith(`${account}_`)
    if (fits && account.length > (best?.length ?? 0)) best = account
  }
  return best
}

interface Claim {
  readonly account: string
  readonly evidence: Evidence
}

function strongest(tiers: readonly (readonly Claim[])[]): readonly Claim[] {
  return tiers.find((tier) => tier.length > 0) ?? []
}

function mysqlClaims(
  name: string,
  grants: readonly DatabaseGrant[],
  mentions: readonly ConfigMention[],
  accounts: readonly string[],
): { winners: Set<string>; all: Claim[] } {
  const matching = grants.filter(
    (grant) => likeMatches(grant.pattern, name) || namesExactly(grant.pattern, name),
  )
  const byGrant = (exact: boolean) =>
    matching
      .filter((grant) => namesExactly(grant.pattern, name) === exact)
      .flatMap(({ user, host }): Claim[] => {
        const account = accountByPrefix(user, accounts)
        return account === null ? [] : [{ account, evidence: { kind: 'grant', user, host, exact } }]
      })
  const byMention = (exact: boolean) =>
    mentions
      .filter((mention) =>
        matching.some((grant) => grant.user === mention.user && namesExactly(grant.pattern, name) === exact),
      )
      .map(({ account, path }): Claim => ({ account, evidence: { kind: 'config-file', path } }))
  const tiers = [byGrant(true), byMention(true), byPrefix(name, accounts), byGrant(false), byMention(false)]
  return { winners: new Set(strongest(tiers).map((claim) => claim.account)), all: tiers.flat() }
}

function byPrefix(name: string, accounts: readonly string[]): Claim[] {
  const account = accountByPrefix(name, accounts)
  if (account === null) return []
  return [{ account, evidence: { kind: 'prefix', prefix: name === account ? account : `${account}_` } }]
}

function postgresqlClaims(
  database: FoundDatabase,
  mentions: readonly ConfigMention[],
  accounts: readonly string[],
): { winners: Set<string>; all: Claim[] } {
  const role = database.owner
  const owner = role === null ? null : accountByPrefix(role, accounts)
  const owned: Claim[] =
    role === null || owner === null ? [] : [{ account: owner, evidence: { kind: 'owner', role } }]
  const mentioned = mentions
    .filter((mention) => mention.user === role)
    .map(({ account, path }): Claim => ({ account, evidence: { kind: 'config-file', path } }))
  const tiers = [owned, mentioned, byPrefix(database.name, accounts)]
  return { winners: new Set(strongest(tiers).map((claim) => claim.account)), all: tiers.flat() }
}

/**
 * Which account holds which database. The strongest kind of evidence decides alone: for MySQL a grant on exactly
 * this name, then a configuration file whose user has such a grant, then the longest prefix, then a grant on a
 * pattern, then a file whose user has that; for PostgreSQL the owner, a file with the owner as its user, the
 * prefix. A file alone claims nothing: any tenant can write any name into one. Accounts that tie all get the
 * database; all that speaks for a winner is listed.
 */
export function claimDatabases(facts: {
  readonly databases: readonly FoundDatabase[]
  readonly grants: readonly DatabaseGrant[]
  readonly mentions: readonly ConfigMention[]
  readonly accounts: readonly string[]
}): Map<string, SourceDatabase[]> {
  const claimed = new Map<string, SourceDatabase[]>()
  for (const database of facts.databases) {
    const { engine, name, bytes } = database
    if (isSystemDatabase(engine, name)) continue
    const mentions = facts.mentions.filter(
      (mention) => mention.engine === engine && mention.database === name,
    )
    const { winners, all } =
      engine === 'mysql'
        ? mysqlClaims(name, facts.grants, mentions, facts.accounts)
        : postgresqlClaims(database, mentions, facts.accounts)
    for (const account of winners) {
      const evidence = all.filter((claim) => claim.account === account).map((claim) => claim.evidence)
      claimed.set(account, [...(claimed.get(account) ?? []), { engine, name, bytes, evidence }])
    }
  }
  return claimed
}
