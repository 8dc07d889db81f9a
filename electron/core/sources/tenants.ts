import { fromRemoteName, toRemoteName } from '../../../shared/remote-name.ts'
import { loginsOf } from './config/config-file.ts'
import { homeMaildir } from './mail.ts'
import { parseRecords, recordsOf } from './records.ts'
import type { Bytes, RemoteShell } from '../remote/shell.ts'
import type { DiscoveryNote } from '../../../shared/model/source.ts'
import type { FoundLogin } from './config/config-file.ts'
import type { MaildirFacts } from './mail.ts'
import type { PasswdEntry } from './passwd.ts'

/** What a look into the accounts' own folders, with their own rights, brought. */
export interface TenantFacts {
  readonly logins: ReadonlyMap<string, readonly FoundLogin[]>
  readonly maildirs: readonly MaildirFacts[]
  readonly notes: readonly DiscoveryNote[]
}

/**
 * Reads configuration files and finds Maildirs as each account itself, so that a planted link shows no more than
 * the account could read anyway. `foldersOf`: further folders of an account, outside its home.
 */
export async function readTenants(
  shell: RemoteShell,
  accounts: readonly PasswdEntry[],
  foldersOf: (account: string) => readonly string[],
  options: { readonly signal: AbortSignal },
): Promise<TenantFacts> {
  const logins = new Map<string, FoundLogin[]>()
  const maildirs: MaildirFacts[] = []
  const notes: DiscoveryNote[] = []
  const args = accounts.flatMap(({ name, uid, gid, home }): Bytes[] => {
    const folders = [home, ...foldersOf(name)]
    return [
      ...[String(folders.length), fromRemoteName(name), String(uid), String(gid)],
      ...[home, ...folders].map(fromRemoteName),
    ]
  })
  const { output } = await shell.run('discover-tenants', { args, signal: options.signal })
  const records = parseRecords(output)
  const byName = new Map(accounts.map((account) => [account.name, account]))
  for (const [account, path, content] of recordsOf(records, 'config', 3)) {
    if (account === undefined || path === undefined || content === undefined) continue
    const name = toRemoteName(account)
    logins.set(name, [...(logins.get(name) ?? []), ...loginsOf(toRemoteName(path), content)])
  }
  for (const [account, path] of recordsOf(records, 'home-maildir', 2)) {
    const owner = byName.get(toRemoteName(account ?? Buffer.alloc(0)))
    const box = owner === undefined || path === undefined ? null : homeMaildir(owner, toRemoteName(path))
    if (box !== null) maildirs.push(box)
  }
  for (const [account, path] of recordsOf(records, 'denied', 2)) {
    const name = toRemoteName(account ?? Buffer.alloc(0))
    notes.push({
      path: toRemoteName(path ?? Buffer.alloc(0)),
      why: `${name} may not read this configuration file, so it was not used.`,
    })
  }
  for (const [account] of recordsOf(records, 'unread', 1)) {
    const name = toRemoteName(account ?? Buffer.alloc(0))
    notes.push({ path: name, why: 'The home could not be looked through with the rights of its account.' })
  }
  return { logins, maildirs, notes }
}
