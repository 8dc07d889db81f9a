import { isWithin } from '../findings.ts'
import { phpVersionOf } from './php-pools.ts'
import type { Evidence, SourcePath, SourceSite } from '../../../../shared/model/source.ts'
import type { FoundRoot } from '../findings.ts'
import type { PasswdEntry } from '../passwd.ts'
import type { PhpPool } from './php-pools.ts'
import type { VirtualHost } from './web-files.ts'

/** A folder outside the homes, as the server has it. */
export interface RootFacts {
  readonly uid: number
  readonly realPath: string
  /** The highest folder above it that has the same owner: the site that a `public` folder is part of. */
  readonly top: string
  /** Holds nothing but the page that came with the web server. */
  readonly stock: boolean
}

/** What the web server gives to one account. */
export interface AccountWeb {
  readonly paths: SourcePath[]
  readonly sites: SourceSite[]
  /** Each with the virtual host file that names it. */
  readonly domains: Map<string, string>
  readonly configFiles: Set<string>
}

/** Document roots that lie in no account's home, and so have to be asked about. */
export function rootsOutside(hosts: readonly VirtualHost[], accounts: readonly PasswdEntry[]): string[] {
  const roots = new Set(hosts.flatMap((host) => host.roots))
  return [...roots].filter((root) => !accounts.some((account) => isWithin(root, account.home)))
}

function ownersOf(
  root: string,
  facts: RootFacts | undefined,
  poolUsers: ReadonlySet<string>,
  accounts: readonly PasswdEntry[],
): PasswdEntry[] {
  const path = facts?.realPath ?? root
  const byHome = accounts.filter((account) => isWithin(root, account.home) || isWithin(path, account.home))
  if (byHome.length > 0) return byHome
  const byOwner = accounts.filter((account) => account.uid === facts?.uid)
  return byOwner.length > 0 ? byOwner : accounts.filter((account) => poolUsers.has(account.name))
}

function addPath(paths: SourcePath[], path: string, evidence: Evidence): void {
  const known = paths.findIndex((one) => one.path === path)
  const before = paths[known]
  if (before === undefined) paths.push({ path, evidence: [evidence] })
  else paths[known] = { path, evidence: [...before.evidence, evidence] }
}

/**
 * Gives document roots, domains and configuration files to the accounts: a root belongs to the account whose home
 * it lies in, also by way of a link, else to the folder's owner, else to the user of the PHP pool that serves it.
 * Roots that are there and belong to nobody come back as `unowned`.
 */
export function assignHosts(facts: {
  readonly hosts: readonly VirtualHost[]
  readonly pools: readonly PhpPool[]
  readonly accounts: readonly PasswdEntry[]
  readonly roots: ReadonlyMap<string, RootFacts>
  /** Real paths of configuration files that are links. */
  readonly realFile: (file: string) => string
}): { byAccount: Map<string, AccountWeb>; outside: FoundRoot[] } {
  const byAccount = new Map<string, AccountWeb>()
  const webOf = (name: string): AccountWeb => {
    const known = byAccount.get(name) ?? {
      paths: [],
      sites: [],
      domains: new Map<string, string>(),
      configFiles: new Set<string>(),
    }
    byAccount.set(name, known)
    return known
  }
  const outside = new Map<string, FoundRoot>()
  for (const host of facts.hosts) {
    const pools = facts.pools.filter((pool) => host.pools.includes(pool.listen))
    const poolUsers = new Set(pools.map((pool) => pool.user))
    const php = pools.map(({ file }) => phpVersionOf(facts.realFile(file))).find(Boolean) ?? null
    for (const root of host.roots) {
      const folder = facts.roots.get(root)
      const owners = ownersOf(root, folder, poolUsers, facts.accounts)
      for (const owner of owners) {
        const web = webOf(owner.name)
        web.sites.push({ names: [...host.names], root, file: facts.realFile(host.file), php })
        for (const name of host.names) web.domains.set(name, host.file)
        for (const file of [facts.realFile(host.file), ...host.certificates]) web.configFiles.add(file)
        if (folder === undefined || isWithin(folder.realPath, owner.home)) continue
        const path = folder.uid === owner.uid ? folder.top : folder.realPath
        addPath(web.paths, path, { kind: 'virtual-host', path: host.file, names: [...host.names] })
      }
      const inHome = owners.some((owner) => isWithin(folder?.realPath ?? root, owner.home))
      if (folder !== undefined && !folder.stock && !inHome) {
        outside.set(folder.realPath, { path: folder.realPath, where: host.file })
      }
    }
  }
  for (const pool of facts.pools) {
    if (facts.accounts.some((account) => account.name === pool.user)) {
      webOf(pool.user).configFiles.add(facts.realFile(pool.file))
    }
  }
  for (const web of byAccount.values()) {
    const kept = web.paths.filter(
      (one) => !web.paths.some((other) => other.path !== one.path && isWithin(one.path, other.path)),
    )
    web.paths.splice(0, web.paths.length, ...kept)
  }
  return { byAccount, outside: [...outside.values()] }
}
