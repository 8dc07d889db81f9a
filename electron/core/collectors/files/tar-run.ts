import { AppError, throwIfCancelled } from '../../../../shared/errors.ts'
import { plural } from '../../../../shared/format.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import type { TarTally } from '../../archive/archive-writer.ts'
import type { ScriptEnd, ScriptOptions } from '../../remote/shell.ts'
import { fromRoot } from './read-so-far.ts'
import type { Reading } from './reading.ts'
import { readComplaints, type TarReport } from './tar-complaints.ts'

/**
 * Runs a script whose output is a tar, and writes that tar into the component. Insists on both ends. `locate` turns
 * its names into paths below the root, or null for what does not belong here; paths in `again` may come again.
 */
export async function streamTar(
  reading: Reading,
  script: 'files-tar' | 'files-reread' | 'files-owned',
  options: Omit<ScriptOptions, 'signal'>,
  locate: (name: Buffer) => Buffer | null,
  again?: ReadonlySet<string>,
): Promise<{ readonly end: ScriptEnd; readonly tally: TarTally }> {
  const { context, component, soFar, troubles } = reading
  const { signal } = context
  const map = soFar.map(locate, again)
  const special = (name: Buffer) => {
    const path = locate(name)
    if (path !== null && !soFar.isLeftOut(path)) troubles.set(path, 'special-file', 'is not a regular file')
  }
  const run = await context.shell.start(script, { ...options, signal })
  const [walk, end] = await Promise.allSettled([
    component.tar(run.output, { map, special, consume: true, signal }),
    run.end,
  ])
  throwIfCancelled(signal)
  if (end.status === 'fulfilled') checkCode(reading, end.value.codes.get('tar'))
  if (walk.status === 'rejected') throw walk.reason
  if (end.status === 'rejected') throw end.reason
  return { end: end.value, tally: walk.value }
}

/** The same for a script that runs one tar as the account, and what that tar said. */
export async function runTar(
  reading: Reading,
  script: 'files-tar' | 'files-reread',
  options: Omit<ScriptOptions, 'signal'>,
  again?: ReadonlySet<string>,
): Promise<TarReport> {
  const { end } = await streamTar(reading, script, options, fromRoot, again)
  return judge(end.codes.get('tar') ?? -1, end.stderr, end.stderrCut)
}

/** What tar said, and whether that explains its exit code. */
export function judge(code: number, stderr: readonly Buffer[], cut: boolean): TarReport {
  const { complaints, unknown } = readComplaints(stderr)
  const unexplained = code !== 0 && complaints.length === 0 && unknown.length === 0
  return {
    complaints,
    unknown: [
      ...unknown,
      ...(cut ? ['more messages than Holdfast keeps'] : []),
      ...(unexplained ? [`tar ended with ${code} and said nothing`] : []),
    ],
  }
}

/** What a run said that nobody understands spoils the component; what it wrote stays. */
export function rejectUnknown(reading: Reading, unknown: readonly string[]): void {
  if (unknown.length === 0) return
  const shown = unknown.slice(0, 3).map((line) => toRemoteName(Buffer.from(line, 'latin1')))
  reading.component.warn({
    code: 'component-failed',
    path: toRemoteName(reading.root.prefix),
    note: `tar on the server said ${plural(unknown.length, 'thing')} that Holdfast does not know: ${shown.join(' · ')}`,
  })
}

function checkCode(reading: Reading, code: number | undefined): void {
  if (code === undefined || (code >= 0 && code <= 2)) return
  throw new AppError(
    'remote-failed',
    `tar on the server was ended (${code}) before it had read all of ${toRemoteName(reading.root.path)}; what it had written is kept, and everything else was backed up. Run the backup again.`,
    { details: { code } },
  )
}
