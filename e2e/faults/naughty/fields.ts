import { filesBetween } from '../archive-files.ts'
import { mysqlNames, postgresqlNames } from './database-names.ts'
import { account, pairs, perl, type Field } from './field.ts'

const plantEntries = `my ($folder, $before, $inner) = @ARGV; my $number = 0;
  while (<STDIN>) { chomp; $number++; next if m{/} || $_ eq "";
    my $path = "$folder/$before$_"; next if -e $path;
    if ($inner) { mkdir $path or next; mkdir "$path/cur"; $path .= "/$inner" }
    open my $file, ">", $path or next; print $file $number }`

const listEntries = `my ($folder, $before, $inner) = @ARGV; opendir my $open, $folder or die;
  for (readdir $open) { next unless s/^\\Q$before\\E//;
    my $path = "$folder/$before$_"; $path .= "/$inner" if $inner;
    next unless -f $path; open my $file, "<", $path or die; local $/; print "$_\\0", <$file>, "\\0" }`

/** A folder, in which each string is the name of a file, or of a folder with a file. */
function entries({ name, folder, before = '', inner = '', archived, decode }: Entries): Field {
  const argsFor = (owner: string) => [folder(owner), before, inner]
  const args = argsFor(account)
  return {
    name,
    async plant(host, strings) {
      await host.exec(`mkdir -p ${folder(account)}`)
      await perl(host, plantEntries, { args, input: strings })
      await host.exec(`chown -R ${account}: ${folder(account)}`)
    },
    live: async (host, owner = account) => pairs(await perl(host, listEntries, { args: argsFor(owner) })),
    async stored(files) {
      const found = filesBetween(files, archived + before, inner === '' ? '' : `/${inner}`)
      return new Map(
        [...found].map(([at, content]) => [decode ? decodeURIComponent(at) : at, content.toString()]),
      )
    },
    async wipe(host) {
      await host.exec(`find ${folder(account)} -mindepth 1 -maxdepth 1 -name '${before}*' -exec rm -r {} +`)
    },
  }
}

interface Entries {
  readonly name: string
  /** Where it is, by whose it is. */
  readonly folder: (owner: string) => string
  /** What stands before each string in its name. */
  readonly before?: string
  /** The file in each folder; `cur/` may stand before it. */
  readonly inner?: string
  /** Where the archive has the folder. */
  readonly archived: string
  /** Whether the archive has its names encoded. */
  readonly decode: boolean
}

const message = 'cur/1:2,'
const never = '0 5 31 2 * '

const installCrontab = `my ($user, $never) = @ARGV; my $taken = "";
  sub install { open my $file, ">", "/run/try" or die; print $file $_[0]; close $file;
    system("crontab -u $user /run/try 2>/dev/null") == 0 }
  while (<STDIN>) { chomp; $taken .= "$never$_\\n" if install("$never$_\\n") }
  install($taken) or die`

/** The commands of a crontab, each to the times that stand before it. */
function commands(text: string): Map<string, string> {
  const lines = text.split('\n').slice(0, -1)
  return new Map(lines.map((line) => [line.slice(never.length), line.slice(0, never.length)]))
}

/** A crontab, in which each string is a command for a day that never comes. */
const crontab: Field = {
  name: 'crontab command',
  async plant(host, strings) {
    await perl(host, installCrontab, { args: [account, never], input: strings })
  },
  // cron's own file without its head: `crontab -l` writes backspaces as two characters.
  live: async (host, owner = account) =>
    commands((await host.exec(`grep -v '^#' /var/spool/cron/crontabs/${owner}`)).stdout),
  wipe: async (host) => {
    await host.exec(`crontab -u ${account} -r`)
  },
  stored: async (files) => commands(files.get('cron/crontab')?.toString() ?? ''),
}

/** Everything of one account that has names of its own. */
export const fields: readonly Field[] = [
  entries({ name: 'file name', folder: (owner) => `/home/${owner}/f`, archived: 'files/f/', decode: false }),
  entries({
    name: 'folder name',
    folder: (owner) => `/home/${owner}/d`,
    inner: 'x',
    archived: 'files/d/',
    decode: false,
  }),
  crontab,
  entries({
    name: 'mailbox name',
    folder: () => '/var/vmail/naughty.example',
    inner: message,
    archived: 'mail/naughty.example/',
    decode: true,
  }),
  entries({
    name: 'mail folder name',
    folder: (owner) => `/home/${owner}/Maildir`,
    before: '.',
    inner: message,
    archived: `mail/_local/${account}/`,
    decode: false,
  }),
  mysqlNames,
  postgresqlNames,
]
