import { AppError, throwIfCancelled } from '../../../../shared/errors.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import { gnuVersion, quoteGlob } from '../../collectors/files/scan.ts'
import { splitAtNul } from '../../collectors/files/scan-records.ts'
import type { ScriptEnd } from '../../remote/shell.ts'
import type { RestoreContext } from '../restore-context.ts'

/** Something that lies below a root over there, as the account sees it. */
export interface TargetEntry {
  /** Below the root; empty for the root itself. */
  readonly path: Buffer
  readonly type: 'file' | 'directory' | 'symlink' | 'special'
  readonly size: number
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Of another file system than the root. */
  readonly mounted: boolean
  /** Whether the account can read it; what lies in a folder that it cannot is not seen. */
  readonly readable: boolean
  readonly linkTarget: Buffer | null
}

/** What is known of a root besides its entries. */
export interface TargetFacts {
  readonly there: 'folder' | 'file' | 'none' | 'link'
  /** How many folders above the root are not there either. */
  readonly missing: number
  /** The root without links on the way. */
  readonly physical: Buffer
  /** Only root can change the way to it. */
  readonly safe: boolean
  /** A program of the account can be kept out of reach of its others. */
  readonly alone: boolean
  readonly apart: boolean
  readonly project: boolean
  readonly hardLinksProtected: boolean
  readonly freeBytes: number | null
  readonly freeInodes: number | null
  /** Mount points below, relative to the root. */
  readonly mounts: readonly Buffer[]
  readonly fixed: readonly string[]
  readonly open: readonly string[]
  /** False where it could not be looked through: another account's, or closed to its own. */
  readonly scanned: boolean
}

const types: Readonly<Record<string, TargetEntry['type']>> = { f: 'file', d: 'directory', l: 'symlink' }

/** Who does it over there, as scripts want it. */
export function targetAccount({ mapping }: RestoreContext) {
  return { user: mapping.user.to, uid: mapping.uid.to, gid: mapping.gid.to }
}

/** `TYPE DEVICE SIZE MTIME MODE UID GID READ PATH` and a link's target, of two records that `find` wrote. */
export class TargetRecords {
  #first: Buffer | null = null
  #device: string | null = null

  /** Null where the second record is yet to come. */
  take(record: Buffer): TargetEntry | null {
    if (this.#first === null) {
      this.#first = Buffer.from(record)
      return null
    }
    const head = /^(.) (\d+) (\d+) (-?\d+)(?:\.(\d+))? ([0-7]+) (\d+) (\d+) ([01]) /.exec(
      this.#first.subarray(0, 200).toString('latin1'),
    )
    if (head === null) throw new AppError('remote-failed', 'The server’s find speaks another language.')
    const [whole, type = '', device = '', size, seconds, fraction = '', mode = '', uid, gid, readable] = head
    const path = this.#first.subarray(whole.length)
    this.#first = null
    this.#device ??= device
    return {
      path,
      type: types[type] ?? 'special',
      size: Number(size),
      mtime: BigInt(seconds ?? 0) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0')),
      mode: Number.parseInt(mode, 8),
      uid: Number(uid),
      gid: Number(gid),
      mounted: device !== this.#device,
      readable: readable === '1',
      linkTarget: type === 'l' ? Buffer.from(record) : null,
    }
  }
}

/** A `find` expression that is true for the paths, below the root where it starts. */
export function findPaths(paths: readonly Buffer[]): Buffer[] {
  if (paths.length === 0) return [Buffer.from('-false')]
  return paths.flatMap((path, at) => [
    ...(at === 0 ? [] : [Buffer.from('-o')]),
    Buffer.from('-path'),
    Buffer.concat([Buffer.from('./'), quoteGlob(path)]),
  ])
}

const stagingName = /^\.holdfast-[0-9a-f]{16}-\d+(\/|$)/

interface LookOptions {
  /** Who looks; the account where it is left out. */
  readonly account?: ReturnType<typeof targetAccount>
  /** False: only what lies directly in the root. */
  readonly deep?: boolean
}

/**
 * Looks at the root `root` (an absolute path) and tells of every entry, folders before what is in them. Changes
 * nothing. Throws `tool-missing` where tar or find are not the GNU ones.
 */
export async function lookAtTarget(
  context: RestoreContext,
  root: Buffer,
  onEntry: (entry: TargetEntry) => void,
  { account = targetAccount(context), deep = true }: LookOptions = {},
): Promise<TargetFacts> {
  const { target, signal } = context
  const run = await target.shell.start('restore-scan', {
    values: { ...account, root, root_glob: quoteGlob(root) },
    args: [deep ? '-false' : '-true'],
    signal,
  })
  const ended = run.end.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  const records = new TargetRecords()
  try {
    for await (const record of splitAtNul(run.output)) {
      const entry = records.take(record)
      if (entry !== null && !stagingName.test(entry.path.toString('latin1'))) onEntry(entry)
    }
  } catch (error) {
    throwIfCancelled(signal)
    throw error
  }
  const end = await ended
  if ('error' in end) throw end.error
  return factsOf(end.value, root)
}

function factsOf({ facts, codes }: ScriptEnd, root: Buffer): TargetFacts {
  gnuVersion(facts.get('tar'), /^tar \(GNU tar\) (\S+)/, 'tar')
  gnuVersion(facts.get('find'), /^find \(GNU findutils\) (\S+)/, 'find')
  const there = facts.get('root')
  const physical = Buffer.from(facts.get('physical') ?? root)
  const number = (name: string) => {
    const text = facts.get(name) ?? ''
    return /^\d+$/.test(text) ? Number(text) : null
  }
  const code = codes.get('scan') ?? -1
  if (![0, 1, 9, 126].includes(code)) {
    throw new AppError(
      'remote-failed',
      `${toRemoteName(root)} could not be looked through on the server (find ended with ${code}). Nothing was changed.`,
    )
  }
  return {
    there: there === 'folder' || there === 'file' || there === 'none' ? there : 'link',
    missing: number('missing') ?? 0,
    physical,
    safe: facts.get('safe') === '1',
    alone: facts.get('alone') === '1',
    apart: facts.get('apart') === '1',
    project: facts.get('project') === '1',
    hardLinksProtected: facts.get('hardlinks') !== '0',
    freeBytes: number('free'),
    freeInodes: number('inodes'),
    mounts: lines(facts.get('mounts')).map((line) => unescapeMount(line).subarray(physical.length + 1)),
    fixed: lines(facts.get('fixed')),
    open: lines(facts.get('open')),
    scanned: code <= 1,
  }
}

const lines = (text: string | undefined) => (text ?? '').split('\n').filter((line) => line !== '')

/** proc(5): space, tab, newline and backslash stand as three octal digits. */
function unescapeMount(line: string): Buffer {
  const plain = line.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  )
  return Buffer.from(plain)
}
