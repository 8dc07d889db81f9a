import type { AccountSource } from '../../../../shared/model/source.ts'
import type { Survey } from '../../../../shared/model/server.ts'
import type { AccountDocument } from '../../archive/account-document.ts'
import { addressOf } from './address.ts'
import type { AccountLook } from './look.ts'

/** What `account.json` holds: all that is needed to make the account again, and no secret. */
export function accountFacts(source: AccountSource, survey: Survey, look: AccountLook): AccountDocument {
  const { name, uid, gid, gecos, groups, shell, home, domains, sites, hasCrontab } = source
  return {
    ...{ name, uid, gid, gecos, groups },
    groupIds: look.groups.map((group) => ({ name: group.name, gid: group.gid })),
    ...{ shell, home, homeFolder: look.homeFolder },
    quota: look.quota === null ? null : [...look.quota],
    ...{ linger: look.linger, hasCrontab, domains },
    documentRoots: [...new Set(sites.map(({ root }) => root))],
    sites,
    paths: source.paths.map(({ path }) => path),
    mailboxes: source.mailboxes.map((box) => {
      const user = look.dovecot.get(addressOf(box))
      const quota = [...(user ?? [])].filter(([key]) => key.startsWith('quota'))
      return {
        ...{ domain: box.domain, name: box.name, path: box.path, uid: box.uid, gid: box.gid },
        ...look.mailOwners.get(`${box.uid}:${box.gid}`),
        ...{ address: addressOf(box), home: user?.get('home') ?? null },
        quota: quota.map(([key, value]) => `${key}=${value}`),
      }
    }),
    ...{ panel: survey.panel, panelVersion: look.panelVersion, os: survey.os },
  }
}
