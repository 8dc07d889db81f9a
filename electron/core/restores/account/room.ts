import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import type { RemoteShell } from '../../remote/shell.ts'
import { parseGroups, parsePasswd, type GroupEntry, type PasswdEntry } from '../../sources/passwd.ts'
import { parseRecords, recordsOf } from '../../sources/records.ts'

/** What making an account on a server meets there. */
export interface AccountRoom {
  readonly users: readonly PasswdEntry[]
  readonly groups: readonly GroupEntry[]
  /** Of those that were asked for: the ones that are there and may be given. */
  readonly shells: ReadonlySet<string>
  /** What lies where the home will be. */
  readonly home: 'nothing' | 'folder' | 'other'
  /** Folders above the home that are not there, the upper first. */
  readonly missing: readonly string[]
  /** Folders above the home in which others than root can put things. */
  readonly unsafe: readonly string[]
  /** A crontab of that name that would begin to run, or null. */
  readonly crontab: string | null
  readonly tools: ReadonlySet<string>
  /** Whether the server's own useradd takes the name; null where it cannot be asked. */
  readonly takesName: boolean | null
}

/** The account that is to be made, as far as what is there depends on it. Names are `RemoteName`s. */
export interface WantedAccount {
  readonly user: string
  readonly uid: number
  readonly home: string
  readonly shells: readonly string[]
}

/** Looks for room for an account; changes nothing over there. Throws what the connection throws. */
export async function lookForRoom(
  shell: RemoteShell,
  { user, uid, home, shells }: WantedAccount,
  { signal }: { readonly signal: AbortSignal },
): Promise<AccountRoom> {
  const values = { user: fromRemoteName(user), uid, home: fromRemoteName(home) }
  const { output, codes } = await shell.run('account-room', { values, args: [...shells], signal })
  const records = parseRecords(output)
  const fields = (tag: string) => recordsOf(records, tag, 1).map(([field]) => field ?? Buffer.alloc(0))
  const names = (tag: string) => fields(tag).map((field) => toRemoteName(field))
  const [there] = names('home')
  const code = codes.get('name')
  return {
    users: parsePasswd(fields('passwd')[0] ?? Buffer.alloc(0)),
    groups: parseGroups(fields('group')[0] ?? Buffer.alloc(0)),
    shells: new Set(names('shell')),
    home: there === undefined ? 'nothing' : there === 'folder' ? 'folder' : 'other',
    missing: names('missing'),
    unsafe: names('unsafe'),
    crontab: names('crontab')[0] ?? null,
    tools: new Set(names('tool')),
    takesName: code === undefined ? null : code === 0,
  }
}
