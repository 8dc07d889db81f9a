import { openClient } from '../../../electron/headless/open-client.ts'
import type { Client } from '../../../shared/client.ts'
import { toWire } from '../../../shared/errors.ts'
import type { LabHost } from '../../lab/lab.ts'
import type { TwoServers } from '../../lab/two-servers.ts'
import { pairs, perl } from './field.ts'

/** What came of strings as names of accounts that a restore would make. */
export interface TargetResult {
  readonly strings: number
  /** Planned. */
  readonly accepted: number
  /** Refused as wrong input, exit code 2. */
  readonly refused: number
  /** Came to another end. */
  readonly otherwise: number
  /** Planned, though the server's own useradd refuses them. */
  readonly wronglyAccepted: number
  /** Refused, though useradd takes them: numbers, paths and what looks like an option. */
  readonly refusedThoughTaken: number
}

const tryNames = `while (<STDIN>) { chomp; next if $_ eq "" || getpwnam $_;
  next if system("useradd", "-M", "--", $_) != 0; print "$_\\0yes\\0"; system("userdel", "--", $_) }`

/** Those of the strings that useradd takes as they are. Each is made and removed again. */
async function takenBy(host: LabHost, strings: readonly string[]): Promise<ReadonlySet<string>> {
  return new Set(pairs(await perl(host, tryNames, { input: [...new Set(strings)] })).keys())
}

async function plannedAs(client: Client, account: string): Promise<string> {
  try {
    const { plan } = await client.call('restores.plan', {
      request: {
        ...{ from: { kind: 'backup', backup: 'lab/amy@latest', destination: null } },
        ...{ to: { server: 'empty', account }, scope: 'files', items: [], map: [], mail: 'replace' },
        ...{ tableAs: null, acceptUnsaved: [], keepExtra: false, create: true, enableCron: false },
        undoes: null,
      },
    })
    return plan.notes.some(({ level }) => level === 'blocker') ? 'blocked' : 'planned'
  } catch (error) {
    return toWire(error).code
  }
}

/** Plans the restore of amy into a new account with each string for its name. Nothing is made. */
export async function planAsAccounts(
  { product: { holdfast }, empty }: TwoServers,
  strings: readonly string[],
): Promise<{ readonly result: TargetResult; readonly accepted: readonly string[] }> {
  const taken = await takenBy(empty, strings)
  const { signal } = new AbortController()
  const { client, ...open } = await openClient(holdfast.env['HOLDFAST_DATA']!, {
    signal,
    env: holdfast.env,
    stays: false,
  })
  const ends = new Map<string, string>()
  try {
    const waiting = [...new Set(strings)]
    const work = async () => {
      for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
        ends.set(name, await plannedAs(client, name))
      }
    }
    await Promise.all([work(), work(), work(), work()])
  } finally {
    await open[Symbol.asyncDispose]()
  }
  const count = (wanted: (text: string) => boolean) => strings.filter(wanted).length
  const result = {
    strings: strings.length,
    accepted: count((text) => ends.get(text) === 'planned'),
    refused: count((text) => ends.get(text) === 'invalid-input'),
    otherwise: count((text) => !['planned', 'invalid-input'].includes(ends.get(text) ?? '')),
    wronglyAccepted: count((text) => ends.get(text) === 'planned' && !taken.has(text)),
    refusedThoughTaken: count((text) => ends.get(text) !== 'planned' && taken.has(text)),
  }
  return { result, accepted: [...ends].flatMap(([name, end]) => (end === 'planned' ? [name] : [])) }
}

const homes = `while (<STDIN>) { chomp; my @user = getpwnam $_ or next;
  open my $file, "<", "$user[7]/number" or next; print "$_\\0", <$file>, "\\0" }`

/** Makes the accounts by restoring amy into each; returns those that do not have amy's file `number` now. */
export async function makeByRestore(
  { product: { holdfast }, empty }: TwoServers,
  names: readonly string[],
  number: string,
): Promise<readonly string[]> {
  for (const name of names) {
    await holdfast.run([
      ...['restore', 'lab/amy@latest', '--to', `empty/${name}`, '--scope', 'files', '--create'],
      ...[`--confirm=${name}`],
    ])
  }
  const found = pairs(await perl(empty, homes, { input: names }))
  return names.filter((name) => found.get(name) !== number)
}
