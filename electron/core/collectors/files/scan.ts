import { AppError, throwIfCancelled } from '../../../../shared/errors.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import { accountOf, type Reading } from './reading.ts'
import { type Scan, ScanReader, splitAtNul } from './scan-records.ts'

/** What a scan found, or null where the account may not enter the root; and the version of the server's tar. */
export interface Look {
  readonly scan: Scan | null
  /** The root is no folder, but a file. */
  readonly isFile: boolean
  readonly tar: string
}

const globSpecial = /[*?[\]\\]/g

/**
 * Looks through the root as the account. `onName` is told of every entry that the account's tar must write. Throws
 * `tool-missing` where tar or find are not the GNU ones, and `remote-failed`.
 */
export async function scanRoot(reading: Reading, onName?: (path: Buffer) => void): Promise<Look> {
  const { context, source, root, globs } = reading
  const held = root.held.flatMap(({ path }) => [
    '-o',
    '-path',
    Buffer.concat([Buffer.from('./'), quoteGlob(path)]),
  ])
  const run = await context.shell.start('files-scan', {
    signal: context.signal,
    values: { ...accountOf(source), root: root.path, names: onName === undefined ? 0 : 1 },
    args: [...globs.findArgs, ...held],
  })
  const end = run.end.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  const reader = new ScanReader(onName)
  try {
    for await (const record of splitAtNul(run.output)) reader.take(record)
  } catch (error) {
    throwIfCancelled(context.signal)
    throw error instanceof AppError ? error : failed(root.path, error)
  }
  const ended = await end
  if ('error' in ended) throw ended.error
  const { facts, codes } = ended.value
  const tar = gnuVersion(facts.get('tar'), /^tar \(GNU tar\) (\S+)/, 'tar')
  gnuVersion(facts.get('find'), /^find \(GNU findutils\) (\S+)/, 'find')
  const code = codes.get('scan')
  const isFile = facts.has('file')
  if (code === 9) return { scan: null, isFile, tar }
  const scan = code === 0 || code === 1 ? reader.finish() : null
  if (scan === null) throw failed(root.path, `find ended with ${String(code)}`)
  return { scan, isFile, tar }
}

/** The version in a tool's own words. Throws `tool-missing` where it is not the GNU one. */
export function gnuVersion(line: string | undefined, pattern: RegExp, tool: string): string {
  const version = pattern.exec(line ?? '')?.[1]
  if (version !== undefined) return version
  throw new AppError(
    'tool-missing',
    `Files need GNU ${tool} on the server, and it has ${line === undefined || line === '' ? 'none' : `“${line}”`}; everything else was backed up. Install the package ${tool === 'tar' ? 'tar' : 'findutils'} there and run the backup again.`,
  )
}

function failed(root: Buffer, cause: unknown): AppError {
  return new AppError(
    'remote-failed',
    `${toRemoteName(root)} could not be looked through on the server; everything else was backed up. Run the backup again.`,
    { cause },
  )
}

/** A path as a glob that means only itself. */
export function quoteGlob(path: Buffer): Buffer {
  return Buffer.from(path.toString('latin1').replace(globSpecial, '\\$&'), 'latin1')
}
