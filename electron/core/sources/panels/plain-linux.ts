import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import { claimDatabases } from '../evidence.ts'
import { isWithin } from '../findings.ts'
import { isLocal } from '../config/config-file.ts'
import { assignMailboxes, isMailKeeper, mailboxesOf } from '../mail.ts'
import { groupsOf, selectAccounts } from '../passwd.ts'
import { parseRecords, recordsOf } from '../records.ts'
import { serverFacts } from '../server-facts.ts'
import { readTenants } from '../tenants.ts'
import { countFolders } from '../folder-sizes.ts'
import { mailOutsideHomes, mboxesOf, mboxPathsOf } from '../server-mail.ts'
import { assignHosts, rootsOutside } from '../web/virtual-hosts.ts'
import type { AccountSource, DiscoveryNote, Unanswered } from '../../../../shared/model/source.ts'
import type { RemoteShell } from '../../remote/shell.ts'
import type { ConfigMention } from '../evidence.ts'
import type { Findings, FoundCronJob } from '../findings.ts'
import type { FoundLogin } from '../config/config-file.ts'
import type { PasswdEntry } from '../passwd.ts'
import type { ServerFacts } from '../server-facts.ts'
import type { RootFacts } from '../web/virtual-hosts.ts'
import type { PanelAdapter } from './panel-adapter.ts'

function hasData(facts: ServerFacts): (user: PasswdEntry) => boolean {
  return (user) => {
    if (facts.crontabs.has(user.name)) return true
    const home = facts.homes.get(user.name)
    if (home?.uid !== user.uid) return false
    return home.mail || facts.hosts.some((host) => host.roots.some((root) => isWithin(root, user.home)))
  }
}

async function askRoots(
  shell: RemoteShell,
  roots: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, RootFacts>> {
  if (roots.length === 0) return new Map()
  const { output } = await shell.run('discover-roots', { args: roots.map(fromRemoteName), signal })
  return new Map(
    recordsOf(parseRecords(output), 'root', 5).map(([path, uid, realPath, top, stock]) => [
      toRemoteName(path ?? Buffer.alloc(0)),
      {
        uid: Number(uid?.toString('latin1')),
        realPath: toRemoteName(realPath ?? Buffer.alloc(0)),
        top: toRemoteName(top ?? Buffer.alloc(0)),
        stock: stock?.toString('latin1') === '1',
      },
    ]),
  )
}

function mentionsOf(logins: ReadonlyMap<string, readonly FoundLogin[]>): ConfigMention[] {
  return [...logins].flatMap(([account, list]) =>
    list
      .filter(isLocal)
      .flatMap(({ databases, engine, user, from }) =>
        databases.map((database) => ({ account, path: from, engine, database, user })),
      ),
  )
}

/** Files of system crontabs with a job that runs as the account, or that works in its home. */
function cronFilesOf(account: PasswdEntry, facts: ServerFacts): string[] {
  return facts.systemCrontabs
    .filter(({ jobs }) =>
      jobs.some(
        (job) => job.user !== null && (job.user === account.name || job.command.includes(`${account.home}/`)),
      ),
    )
    .map(({ path }) => path)
}

function cronJobs(facts: ServerFacts, claimed: ReadonlySet<string>): FoundCronJob[] {
  return facts.systemCrontabs.flatMap(({ path, jobs }) =>
    jobs.map(({ command }) => ({ command, where: path, claimed: claimed.has(path) })),
  )
}

const silent: Readonly<Record<string, Unanswered>> = {
  mysql: {
    ...{ kind: 'mysql', path: 'mysql' },
    why: 'The MySQL or MariaDB server could not be asked as root, so its databases are not listed.',
  },
  'mysql-grants': {
    ...{ kind: 'mysql', path: 'mysql-grants' },
    why: 'The grants of the MySQL or MariaDB server could not be read; only names decide.',
  },
  postgresql: {
    ...{ kind: 'postgresql', path: 'postgresql' },
    why: 'The PostgreSQL server could not be asked as postgres, so its databases are not listed.',
  },
  dovecot: {
    ...{ kind: 'mail', path: 'dovecot' },
    why: 'Dovecot did not say which mailboxes it keeps; only those in known folders are listed.',
  },
}

function otherServers(logins: ReadonlyMap<string, readonly FoundLogin[]>): DiscoveryNote[] {
  return [...logins.values()]
    .flat()
    .filter((login) => !isLocal(login) && login.databases.length > 0)
    .map(({ from, databases, host }) => ({
      path: from,
      why: `It names the database ${databases.join(', ')} on ${host ?? ''}, which is another server; it is not collected from here.`,
    }))
}

function unansweredOf(facts: ServerFacts): Unanswered[] {
  return facts.failed.flatMap((what) => silent[what] ?? [])
}

/** Dovecot answers, but its users are in a database that it cannot list: nothing failed, and nothing is certain. */
function unlisted(facts: ServerFacts): DiscoveryNote[] {
  const why = 'Dovecot keeps no list of its mailboxes; only those in known folders are listed.'
  return facts.failed.includes('dovecot-list') ? [{ path: 'dovecot', why }] : []
}

/** Any Linux server, seen by root: users, crontabs, web servers, mail and databases as the distributions keep them. */
export const plainLinux: PanelAdapter = {
  name: 'plain-linux',
  detect: (survey) => survey.privilege !== 'user',
  async discover(shell, survey, { signal, sizes = false }): Promise<Findings> {
    const { output } = await shell.run('discover', { values: { scope: 'server' }, signal })
    const records = parseRecords(output)
    const facts = serverFacts(records)
    const mail = mailOutsideHomes(records)
    const accounts = selectAccounts(facts.users, { uidMin: survey.uidMin, hasData: hasData(facts) }).filter(
      (user) =>
        facts.homes.get(user.name)?.mail === true ||
        facts.crontabs.has(user.name) ||
        !isMailKeeper(user, mail.maildirs),
    )
    const roots = await askRoots(shell, rootsOutside(facts.hosts, accounts), signal)
    const web = assignHosts({ ...facts, accounts, roots })
    const pathsOf = (name: string) => web.byAccount.get(name)?.paths ?? []
    const tenants = await readTenants(shell, accounts, (name) => pathsOf(name).map(({ path }) => path), {
      signal,
    })
    const mailboxes = assignMailboxes(
      [...tenants.maildirs, ...mail.maildirs, ...mboxesOf(accounts, mail.mboxes)],
      {
        accounts,
        domainsOf: (name) => web.byAccount.get(name)?.domains ?? new Map(),
      },
    )
    const databases = claimDatabases({
      ...facts,
      mentions: mentionsOf(tenants.logins),
      accounts: accounts.map(({ name }) => name),
    })
    const homeBytes = sizes
      ? await countFolders(
          shell,
          accounts.map(({ home }) => home),
          { signal },
        )
      : new Map<string, number>()
    const sources = accounts.map((account): AccountSource => {
      const { name, uid, gid, gecos, home, shell: loginShell } = account
      const own = mailboxesOf(account, mailboxes)
      const cronFiles = cronFilesOf(account, facts)
      return {
        kind: 'account',
        name,
        uid,
        gid,
        groups: groupsOf(account, facts.groups),
        gecos,
        home,
        homeExists: facts.homes.has(name),
        shell: loginShell,
        homeBytes: homeBytes.get(home) ?? null,
        databases: databases.get(name) ?? [],
        mailboxes: own,
        paths: [...pathsOf(name), ...mboxPathsOf(account, mail.mboxes, own)],
        sites: web.byAccount.get(name)?.sites ?? [],
        hasCrontab: facts.crontabs.has(name),
        configFiles: [...new Set([...(web.byAccount.get(name)?.configFiles ?? []), ...cronFiles])].sort(),
        domains: [
          ...new Set([
            ...(web.byAccount.get(name)?.domains.keys() ?? []),
            ...own.flatMap(({ domain }) => (domain === null ? [] : [domain])),
          ]),
        ].sort(),
      }
    })
    return {
      sources,
      databases: facts.databases,
      mailboxes,
      roots: web.outside,
      cronJobs: cronJobs(facts, new Set(accounts.flatMap((account) => cronFilesOf(account, facts)))),
      logins: tenants.logins,
      notes: [...unlisted(facts), ...tenants.notes, ...mail.notes, ...otherServers(tenants.logins)],
      failed: [...unansweredOf(facts), ...mail.failed],
    }
  },
}
