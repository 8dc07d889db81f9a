import { fromRemoteName } from '../../../../shared/remote-name.ts'
import type { AccountSource } from '../../../../shared/model/source.ts'
import type {
  CredentialsDocument,
  MailboxCredentials,
  UnixCredentials,
} from '../../archive/credentials-document.ts'
import type { SkippedItem } from '../../collectors/collector.ts'
import type { RemoteShell } from '../../remote/shell.ts'
import { parseRecords, recordsOf } from '../../sources/records.ts'
import { addressOf } from './address.ts'
import type { AccountLook } from './look.ts'
import { passwdFiles, passwordOf, placeIn, type PasswdFile } from './passwd-files.ts'

/** Groups whose members can become root: their password hashes never leave the server. */
const powerful = new Set(['root', 'sudo', 'wheel', 'admin'])

/** Whether a backup of this account may hold password hashes at all (FORMAT §2). */
export function mayHoldCredentials({ uid, groups }: AccountSource): boolean {
  return uid !== 0 && !groups.some((group) => powerful.has(group))
}

/** The credentials of an account, and for people what of them could not be had. */
export interface AccountCredentials {
  readonly document: CredentialsDocument | null
  readonly skipped: readonly SkippedItem[]
}

function unixOf(line: string): UnixCredentials | null {
  const [user, hash, ...numbers] = line.trim().split(':')
  if (user === undefined || !hash) return null
  const [lastChange, minimum, maximum, warning, inactive, expires] = numbers.map((field) =>
    /^\d+$/.test(field) ? Number(field) : null,
  )
  return { user, hash, lastChange, minimum, maximum, warning, inactive, expires }
}

const refused: Readonly<Record<number, string>> = {
  1: 'Dovecot takes passwords from this file, but it is not there.',
  2: 'Dovecot takes passwords from this file, but others than root could have changed it or what leads to it; it is not read as root.',
}

/** Reads the passwords of the addresses from one passwd-file, path by path. What is found first counts. */
async function readFile(
  file: PasswdFile,
  addresses: readonly string[],
  { shell, signal, skip }: { shell: RemoteShell; signal: AbortSignal; skip: (item: SkippedItem) => void },
): Promise<MailboxCredentials[]> {
  const places = addresses.flatMap((address) => {
    const place = placeIn(file, address)
    return place === null ? [] : [{ address, ...place }]
  })
  const found: MailboxCredentials[] = []
  for (const [path, users] of Map.groupBy(places, (place) => place.path)) {
    const args = [...new Set(users.flatMap(({ user }) => [user, user.toLowerCase()]))].map(fromRemoteName)
    const { output, codes } = await shell.run('mailbox-passwords', { values: { file: path }, args, signal })
    const why = refused[codes.get('file') ?? 0]
    if (why !== undefined) skip({ path, why })
    const lines = output.toString('utf8').split('\n')
    for (const { address, user } of users) {
      const line = [user, user.toLowerCase()].flatMap(
        (name) => lines.find((one) => one.startsWith(`${name}:`)) ?? [],
      )[0]
      const password = line === undefined ? null : passwordOf(line, file)
      if (password !== null) found.push({ address, ...password, from: path })
    }
  }
  return found
}

/**
 * What `credentials.json` holds: the account's line of `/etc/shadow`, and the passwords of its mailboxes as Dovecot's
 * passwd-files have them. Nothing where the login may not read them, or the account is one that never gives them. A
 * virtual mailbox whose password is not there is named. Hashes are data of the archive, never of a log.
 */
export async function accountCredentials(
  shell: RemoteShell,
  source: AccountSource,
  { look, signal }: { readonly look: AccountLook; readonly signal: AbortSignal },
): Promise<AccountCredentials> {
  if (shell.privilege === 'user' || !mayHoldCredentials(source)) return { document: null, skipped: [] }
  const { output } = await shell.run('account-credentials', {
    values: { user: fromRemoteName(source.name) },
    signal,
  })
  const records = parseRecords(output)
  const [line] = recordsOf(records, 'shadow', 1)
  const [doveconf] = recordsOf(records, 'doveconf', 1)
  const unix = unixOf(line?.[0]?.toString('utf8') ?? '')
  const skipped: SkippedItem[] = []
  const mailboxes: MailboxCredentials[] = []
  const own = source.mailboxes.filter((box) => !box.insideHome || look.dovecot.has(addressOf(box)))
  let left = own.map(addressOf)
  for (const file of passwdFiles(doveconf?.[0]?.toString('utf8') ?? '')) {
    mailboxes.push(...(await readFile(file, left, { shell, signal, skip: (item) => skipped.push(item) })))
    left = left.filter((address) => !mailboxes.some((one) => one.address === address))
  }
  for (const box of source.mailboxes.filter(({ domain }) => domain !== null)) {
    if (mailboxes.some(({ address }) => address === addressOf(box))) continue
    const why = 'The password of this mailbox is in no passwd-file of Dovecot; a new account needs a new one.'
    skipped.push({ path: `credentials.json: ${addressOf(box)}`, why })
  }
  const document = {
    ...(unix === null ? {} : { unix }),
    ...(mailboxes.length === 0 ? {} : { mailboxes }),
  }
  return { document: Object.keys(document).length === 0 ? null : document, skipped }
}
