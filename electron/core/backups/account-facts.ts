import { fromRemoteName } from '../../../shared/remote-name.ts'
import type { AccountSource } from '../../../shared/model/source.ts'
import type { Survey } from '../../../shared/model/server.ts'
import type { RemoteShell } from '../remote/shell.ts'

/** Groups whose members can become root: their password hashes never leave the server. */
const powerful = new Set(['root', 'sudo', 'wheel', 'admin'])

/** Whether a backup of this account may hold password hashes at all (FORMAT §2). */
export function mayHoldCredentials({ uid, groups }: AccountSource): boolean {
  return uid !== 0 && !groups.some((group) => powerful.has(group))
}

/** What `account.json` holds: all that is needed to make the account again, and no secret. */
export function accountFacts(source: AccountSource, survey: Survey): object {
  const { name, uid, gid, gecos, groups, shell, home, domains, paths, mailboxes } = source
  return {
    name,
    uid,
    gid,
    gecos,
    groups,
    shell,
    home,
    domains,
    documentRoots: paths.map(({ path }) => path),
    mailboxes: mailboxes.map((box) => ({
      domain: box.domain,
      name: box.name,
      path: box.path,
      uid: box.uid,
      gid: box.gid,
    })),
    panel: survey.panel,
    os: survey.os,
  }
}

/**
 * What `credentials.json` holds: the account's Unix password hash as `/etc/shadow` has it. Null where the login
 * may not read it, or there is none. The hash is data of the archive, never of a log.
 */
export async function accountCredentials(
  shell: RemoteShell,
  source: AccountSource,
  options: { readonly signal: AbortSignal },
): Promise<object | null> {
  if (shell.privilege === 'user' || !mayHoldCredentials(source)) return null
  const values = { user: fromRemoteName(source.name) }
  const { output } = await shell.run('account-credentials', { ...options, values })
  const [, hash] = output.toString('utf8').trim().split(':')
  return hash ? { unix: { user: source.name, hash } } : null
}
