import { fromRemoteName, toRemoteName } from '../../../shared/remote-name.ts'
import { parseRecords, recordsOf } from './records.ts'
import type { RemoteShell } from '../remote/shell.ts'
import type { PasswdEntry } from './passwd.ts'

/** Bytes on disk of each home, without what is mounted inside. Homes that cannot be counted are absent. */
export async function countHomes(
  shell: RemoteShell,
  accounts: readonly PasswdEntry[],
  options: { readonly signal: AbortSignal },
): Promise<Map<string, number>> {
  const args = accounts.flatMap(({ name, home }) => [name, home].map(fromRemoteName))
  const { output } = await shell.run('discover-sizes', { args, signal: options.signal })
  return new Map(
    recordsOf(parseRecords(output), 'size', 2).map(([name, kib]) => [
      toRemoteName(name ?? Buffer.alloc(0)),
      Number(kib?.toString('latin1')) * 1024,
    ]),
  )
}
