import { toRemoteName } from '../../../../shared/remote-name.ts'
import type { ListedEntry } from '../../archive/index-cache.ts'
import type { SecondStep } from '../guard/second-step.ts'

/** Longer values do not fit the server's command lines. */
const valueCap = 48 * 1024

type Known = Pick<SecondStep, 'owners' | 'modes' | 'acls' | 'xattrs'>

interface RecordOptions {
  /** The account. */
  readonly uid: number
  readonly at: (path: Buffer) => ListedEntry | null
  /** Files that the account cannot read again, and that are compared here therefore. */
  readonly hidden: Iterable<Buffer>
  /** How many names the file of an entry has in the tree. */
  readonly names: (entry: ListedEntry) => number
}

/**
 * What `put-tree.sh` sets in a new tree, in the order that keeps all of it: content that is given away is compared
 * first, owners clear special bits and capabilities, ACLs come last.
 */
export function* attributeRecords(
  { owners, modes, acls, xattrs }: Known,
  { uid, at, hidden, names }: RecordOptions,
): Generator<Buffer> {
  const sum = function* (path: Buffer) {
    const entry = at(path)
    if (entry?.type === 'file' && entry.sha256 !== null)
      yield record('sum', entry.sha256.toString('hex'), path)
  }
  for (const path of hidden) yield* sum(path)
  for (const { path, uid: owner, gid } of owners) {
    if (owner !== uid) yield* sum(path)
    yield record('own', `${owner}:${gid}`, path)
  }
  for (const { path, mode } of modes) {
    yield* sum(path)
    const entry = at(path)
    yield record('mode', `${mode.toString(8)}:${entry === null ? 1 : names(entry)}`, path)
  }
  for (const { path, name, value } of xattrs) {
    if (value.length * 2 > valueCap) continue
    if (name === 'security.capability') yield* sum(path)
    yield record('xattr', `${name}=0x${value.toString('hex')}`, path)
  }
  for (const { path, access, defaults } of acls) {
    if (access !== null) yield record('acl', aclLines(access), path)
    if (defaults !== null) yield record('dacl', aclLines(defaults), path)
  }
}

/** Longer attributes, by name. */
export function tooLong({ xattrs }: Known): string[] {
  return xattrs
    .filter(({ value }) => value.length * 2 > valueCap)
    .map(({ path, name }) => `${toRemoteName(path)}: ${name}`)
}

/** Without the numbers that star adds as a fourth field. */
function aclLines(text: string): string {
  return text
    .split(/[\n,]/)
    .map((line) => line.replace(/#.*$/, '').trim())
    .filter((line) => line !== '')
    .map((line) => /^((?:d(?:efault)?:)?\w+:[^:]*:[^:]+)/.exec(line)?.[1] ?? line)
    .join('\n')
}

function record(operation: string, value: string, path: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${operation}\0${value}\0`), path, Buffer.from('\0')])
}
