import { AppError } from '../../../../shared/errors.ts'
import { databasesFor } from '../login-databases.ts'
import { assignMailboxes, mailboxesOf } from '../mail.ts'
import { countFolders } from '../folder-sizes.ts'
import { groupsOf } from '../passwd.ts'
import { parseRecords } from '../records.ts'
import { mailOutsideHomes, mboxesOf, mboxPathsOf } from '../server-mail.ts'
import { serverFacts } from '../server-facts.ts'
import { readTenants } from '../tenants.ts'
import type { Findings } from '../findings.ts'
import type { PanelAdapter } from './panel-adapter.ts'

/**
 * A plain hosting user on a shared host: the one source is the login itself, with its home, its crontab, its
 * Maildir, and the databases that its own configuration files open.
 */
export const plainUser: PanelAdapter = {
  name: 'plain-user',
  detect: (survey) => survey.privilege === 'user',
  async discover(shell, survey, { signal, sizes = false }): Promise<Findings> {
    const { output } = await shell.run('discover', { values: { scope: 'login' }, signal })
    const records = parseRecords(output)
    const facts = serverFacts(records)
    const { mboxes } = mailOutsideHomes(records)
    const account = facts.users.find((user) => user.name === survey.loginUser) ?? facts.users[0]
    if (account === undefined) {
      throw new AppError(
        'remote-failed',
        'The server does not say who this login is; nothing was read. Try again.',
      )
    }
    const { logins, maildirs, notes } = await readTenants(shell, [account], () => [], { signal })
    const mailboxes = assignMailboxes([...maildirs, ...mboxesOf([account], mboxes)], {
      accounts: [account],
      domainsOf: () => new Map(),
    })
    const own = mailboxesOf(account, mailboxes)
    const named = logins.get(account.name) ?? []
    const {
      databases,
      logins: working,
      failed,
    } = await databasesFor(shell, named, {
      user: account.name,
      signal,
    })
    const homeBytes = sizes
      ? await countFolders(shell, [account.home], { signal })
      : new Map<string, number>()
    const { name, uid, gid, gecos, home } = account
    return {
      sources: [
        {
          kind: 'account',
          name,
          uid,
          gid,
          groups: groupsOf(account, facts.groups),
          gecos,
          home,
          homeExists: facts.homes.has(name),
          shell: account.shell,
          homeBytes: homeBytes.get(home) ?? null,
          databases: databases,
          mailboxes: own,
          paths: mboxPathsOf(account, mboxes, own),
          sites: [],
          hasCrontab: facts.crontabs.has(name),
          configFiles: [],
          domains: [],
        },
      ],
      databases: databases.map(({ engine, name: database, bytes }) => ({
        engine,
        name: database,
        bytes,
        owner: null,
      })),
      mailboxes,
      roots: [],
      cronJobs: [],
      logins: new Map([[name, working]]),
      notes,
      failed,
    }
  },
}
