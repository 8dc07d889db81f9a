import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { fromRemoteName, toRemoteName } from '../../../shared/remote-name.ts'
import type { LabProduct } from '../lab-product.ts'
import { archiveFiles } from '../archive-files.ts'
import { pairs, perl, type Field } from './field.ts'

/** What came of strings in one field. */
export interface FieldResult {
  readonly strings: number
  /** Strings that the server took. */
  readonly accepted: number
  readonly refused: number
  /** Names that are not the same on the server and in the archive, or do not have the same content. */
  readonly altered: number
}

/** Starts a product with a server for all fields of one account. */
export const server = {
  options: { without: ['dovecot', 'cron'] },
  prepare: `useradd -m -s /bin/bash amy; mkdir -p /home/amy/Maildir/cur; chown -R amy: /home/amy/Maildir
    cd /; runuser -u postgres -- psql -Xqc 'ALTER SYSTEM SET fsync = off' -c 'SELECT pg_reload_conf()'`,
} as const

/** Plants the strings in the fields. Nothing is backed up yet. */
export async function plant(
  lab: LabProduct,
  strings: readonly string[],
  fields: readonly Field[],
): Promise<void> {
  const distinct = [...new Set(strings)]
  for (const field of fields) await field.plant(lab.host, distinct)
}

/**
 * Backs the account up with the scope, and compares what is on the server with what is in the archive. `tooLong`: files
 * that are in the archive under a name longer than the 255 bytes that a file system takes.
 */
export async function compare(
  lab: LabProduct,
  strings: readonly string[],
  fields: readonly Field[],
  scope: string,
): Promise<{ readonly results: ReadonlyMap<string, FieldResult>; readonly tooLong: number }> {
  const { code, stderr } = await lab.holdfast.run(['backup', 'lab/amy', '--scope', scope])
  if (code !== 0) throw new Error(`The backup ended with ${String(code)}: ${stderr}`)
  const [newest] = await lab.backups()
  const files = archiveFiles(newest!.copies[0]!.path)
  const results = new Map<string, FieldResult>()
  for (const field of fields) {
    const live = await field.live(lab.host)
    results.set(field.name, resultOf(strings, live, await field.stored(files, lab.host)))
  }
  const tooLong = [...files.keys()].filter((path) =>
    path.split('/').some((part) => Buffer.byteLength(part) > 255),
  )
  return { results, tooLong: tooLong.length }
}

/** Counts what was taken and what is not in the archive as it is on the server. */
export function resultOf(
  strings: readonly string[],
  live: ReadonlyMap<string, string>,
  stored: ReadonlyMap<string, string>,
): FieldResult {
  const accepted = strings.filter((text) => live.has(text)).length
  const names = [...new Set([...live.keys(), ...stored.keys()])]
  const altered = names.filter((name) => live.get(name) !== stored.get(name)).length
  return { strings: strings.length, accepted, refused: strings.length - accepted, altered }
}

const accountNames = `my $number = 0;
  while (<STDIN>) { chomp; $number++; next if $_ eq "" || m{/}; mkdir "/home/n$number";
    next if system("useradd", "--badname", "-m", "-d", "/home/n$number/$_", "--", $_) != 0;
    my ($uid, $home) = (getpwnam $_)[2, 7]; open my $file, ">", "$home/number" or die; print $file $number; close $file;
    open $file, ">", "/run/try" or die; print $file "0 5 31 2 * $number\\n"; close $file;
    system("crontab", "-u", $_, "/run/try") }`

const listAccounts = `while (my @user = getpwent) { next if $user[2] < 1000 || $user[0] eq "nobody";
  open my $file, "<", "$user[7]/number" or next; print "$user[0]\\0", <$file>;
  print " and a crontab" if -f "/var/spool/cron/crontabs/$user[0]"; print "\\0" }`

/**
 * Makes accounts with these names (no one takes a name with a slash but `useradd --badname`), backs all of them up, and compares; a name's
 * content is in its home and its crontab.
 */
export async function compareAccounts(lab: LabProduct, strings: readonly string[]): Promise<FieldResult> {
  await perl(lab.host, accountNames, { input: [...new Set(strings)] })
  const live = pairs(await perl(lab.host, listAccounts, {}))
  const { code, stderr } = await lab.holdfast.run([
    'backup',
    ...[...live.keys()].map((name) => `lab/${toRemoteName(Buffer.from(name))}`),
  ])
  const partial = (await lab.backups()).filter(({ result }) => result !== 'succeeded')
  if (code !== 0) {
    throw new Error(
      `The backups ended with ${String(code)}: ${stderr}${partial.map(({ source }) => source).join('\n')}`,
    )
  }
  const stored = new Map<string, string>()
  for (const { source, copies } of await lab.backups()) {
    const name = Buffer.from(fromRemoteName(source)).toString()
    if (!live.has(name)) continue
    const files = archiveFiles(copies[0]!.path)
    const number = files.get('files/number')?.toString() ?? ''
    const crontab = files.get('cron/crontab')?.toString()
    stored.set(name, crontab === `0 5 31 2 * ${number}\n` ? `${number} and a crontab` : number)
  }
  return resultOf(strings, live, stored)
}

/** Canaries that strings touched because they were executed, on the server, the lab's without another, and here. */
export async function executedOn(lab: LabProduct, host = lab.host): Promise<readonly string[]> {
  const { stdout } = await host.exec(`find / /run /dev/shm -xdev -type f -name 'blns.*fail' -print0`)
  const here = await Promise.all(
    [tmpdir(), process.cwd(), lab.holdfast.folder].map((folder) =>
      readdir(folder, { recursive: folder === lab.holdfast.folder }),
    ),
  )
  return [...stdout.split('\0').slice(0, -1), ...here.flat().filter((name) => /^blns\..*fail$/.test(name))]
}

/** Executes a string on the server, as nobody should, and takes away what it touched. True where a canary was seen. */
export async function isSeenWhenExecuted(lab: LabProduct, text: string): Promise<boolean> {
  await perl(lab.host, 'chomp(my $text = <STDIN>); system("sh", "-c", ": $text")', { input: [text] })
  const seen = (await executedOn(lab)).length > 0
  await lab.host.exec(`find / /run /dev/shm -xdev -type f -name 'blns.*fail' -delete`)
  return seen
}
