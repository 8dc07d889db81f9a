import { advise } from '../../../../shared/advice.ts'
import type { PlanNote } from '../../../../shared/model/restore-plan.ts'
import type { RestoreContext } from '../restore-context.ts'

/** What a person types, quoted where a shell would not take it for a plain word. */
function word(text: string): string {
  return /^[\w.@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

type Command = (names: {
  readonly user: string
  readonly domain: string
  readonly database: string
}) => string

/** The panels' own ways to make an account and a database; `survey.sh` has the names of the panels. */
const commands: Readonly<Record<string, { readonly account: Command; readonly database: Command }>> = {
  cpanel: {
    account: ({ user, domain }) => `whmapi1 createacct username=${user} domain=${domain}`,
    database: ({ user, database }) => `uapi --user=${user} Mysql create_database name=${database}`,
  },
  hestia: {
    account: ({ user }) => `v-add-user ${user} PASSWORD EMAIL`,
    database: ({ user, database }) => `v-add-database ${user} ${database} DATABASE-USER PASSWORD`,
  },
  plesk: {
    account: ({ user, domain }) => `plesk bin subscription --create ${domain} -login ${user}`,
    database: ({ domain, database }) =>
      `plesk bin database --create ${database} -domain ${domain} -type mysql`,
  },
  virtualmin: {
    account: ({ user, domain }) =>
      `virtualmin create-domain --domain ${domain} --user ${user} --unix --dir --web --mail --mysql`,
    database: ({ domain, database }) => `virtualmin create-database --domain ${domain} --name ${database}`,
  },
  cyberpanel: {
    account: ({ domain }) => `cyberpanel createWebsite --domainName ${domain}`,
    database: ({ domain, database }) =>
      `cyberpanel createDatabase --databaseWebsite ${domain} --dbName ${database}`,
  },
}

/**
 * The blocker for what would go past a server's panel: making an account, or the new database `database`. Null where
 * the server has no panel.
 */
export function panelBlocker(
  { target, mapping, archive }: RestoreContext,
  { database }: { readonly database: string | null },
): PlanNote | null {
  const { panel } = target.survey
  if (panel === null) return null
  const names = {
    user: word(mapping.user.to),
    domain: word(archive.account?.domains[0] ?? 'DOMAIN'),
    database: word(database ?? ''),
  }
  const what = database === null ? `the account ${mapping.user.to}` : `the database ${database}`
  const command = commands[panel]?.[database === null ? 'account' : 'database'](names)
  const how = command === undefined ? `in ${panel} itself` : `with: ${command}`
  return {
    ...{ level: 'blocker', code: 'panel' },
    text: `${target.server.name} is run by ${panel}, which must make ${what} itself to know of it.`,
    ...(database === null
      ? advise`Make it there ${how}, then restore into it ${{ way: 'into-existing' }}.`
      : { remedy: `Make it there ${how}, then restore into it.` }),
  }
}
