import { fromRemoteName, toRemoteName } from '../../../shared/remote-name.ts'
import { parseRecords, recordsOf } from './records.ts'
import type { RemoteShell } from '../remote/shell.ts'

/**
 * Bytes on disk of folders and files, by path, without what is mounted inside. What cannot be counted is absent, and
 * with `seconds` also what is not counted after that time.
 */
export async function countFolders(
  shell: RemoteShell,
  paths: readonly string[],
  { seconds = 0, signal }: { readonly seconds?: number; readonly signal: AbortSignal },
): Promise<Map<string, number>> {
  const args = paths.map(fromRemoteName)
  const { output } = await shell.run('discover-sizes', { values: { seconds }, args, signal })
  return new Map(
    recordsOf(parseRecords(output), 'size', 2).map(([path, kib]) => [
      toRemoteName(path ?? Buffer.alloc(0)),
      Number(kib?.toString('latin1')) * 1024,
    ]),
  )
}
