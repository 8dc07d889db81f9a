import { toRemoteName } from '../../../../shared/remote-name.ts'
import { AppError } from '../../../../shared/errors.ts'
import { note } from './first-pass.ts'
import { isComponentFailure, type Reading } from './reading.ts'
import type { Unreadable } from './scan-records.ts'
import { streamTar, judge, rejectUnknown } from './tar-run.ts'
import type { Complaint } from './tar-complaints.ts'

/** Inode numbers that one run looks for. */
const batchSize = 500
const roundsAgain = 2

/** What was read as root or as other owners, counted apart. */
export interface SecondPassTally {
  items: number
  bytes: number
}

interface Target {
  readonly args: readonly string[]
  readonly whole: boolean
  /** Inode to path of the folders that member names may begin with. */
  readonly folders: Map<string, Buffer>
}

/**
 * Reads what the account may not read but root may. Only inode numbers go to the server. What could not be had is
 * a trouble; what is not there any more is left for a second look.
 */
export async function readAsRoot(
  reading: Reading,
  items: readonly Unreadable[],
  tally: SecondPassTally,
): Promise<void> {
  if (items.length === 0) return
  const why = refusal(reading)
  if (why !== null) {
    for (const { path } of items) reading.troubles.set(path, ...why)
    return
  }
  try {
    await readBatches(reading, items, tally)
  } catch (error) {
    if (!isComponentFailure(error)) throw error
    reading.component.warn({
      code: 'component-failed',
      path: toRemoteName(reading.root.prefix),
      note: error.message,
    })
  }
  reading.context.log.write('info', 'Files of other owners read.', { root: reading.root.name, ...tally })
}

async function readBatches(
  reading: Reading,
  items: readonly Unreadable[],
  tally: SecondPassTally,
): Promise<void> {
  const { troubles } = reading
  for (let at = 0; at < items.length; at += batchSize) {
    let batch = items.slice(at, at + batchSize)
    let again: ReadonlySet<string> = new Set()
    for (let round = 0; round <= roundsAgain && batch.length > 0; round += 1) {
      const complaints = await readBatch(reading, target(batch), tally, again)
      if (complaints === null) {
        for (const { path } of batch) troubles.set(path, 'other-owner-skipped', linkOnTheWay)
        return
      }
      for (const path of again) troubles.clear(Buffer.from(path, 'latin1'))
      for (const complaint of complaints) note(reading, complaint)
      const moving = complaints.filter((complaint) => isWorthAgain(complaint, batch))
      again = new Set(moving.map(({ path }) => path.toString('latin1')))
      batch = batch.filter((item) => moving.some(({ path }) => holds(item.path, path)))
    }
  }
}

/** Reads a whole root that the account may not even enter, as its owners and root. */
export async function readWholeAsRoot(reading: Reading, tally: SecondPassTally): Promise<void> {
  const name = toRemoteName(reading.root.path)
  const why = refusal(reading)
  const folders = new Map<string, Buffer>()
  const complaints =
    why === null ? await readBatch(reading, { args: ['-true'], whole: true, folders }, tally) : null
  if (complaints === null) {
    throw new AppError(
      'permission-denied',
      `${name} does not exist or cannot be entered as ${reading.source.name}${why === null ? ', and the way there goes through a link that is not root’s' : ''}; everything else was backed up. Correct the path or its permissions.`,
    )
  }
  for (const complaint of complaints) note(reading, complaint)
}

const linkOnTheWay = 'belongs to someone else, and the way there goes through a link that is not root’s'

function refusal(reading: Reading): readonly ['unreadable' | 'other-owner-skipped', string] | null {
  const { shell, survey } = reading.context
  if (shell.privilege === 'user') return ['unreadable', 'the login may not read it']
  if (survey.protectedHardlinks) return null
  return [
    'other-owner-skipped',
    'fs.protected_hardlinks is off there, so it could be a link to a foreign file',
  ]
}

function target(items: readonly Unreadable[]): Target {
  return {
    args: items.flatMap(({ inode }, at) => [...(at > 0 ? ['-o'] : []), '-inum', digits(inode)]),
    whole: false,
    folders: new Map(
      items.map(({ folder, path }) => [folder, path.subarray(0, Math.max(path.lastIndexOf(0x2f), 0))]),
    ),
  }
}

function digits(inode: string): string {
  if (/^[0-9]{1,20}$/.test(inode)) return inode
  throw new AppError('internal', 'An inode number is not a number.')
}

/** Null where the way to the root cannot be trusted. */
async function readBatch(
  reading: Reading,
  { args, whole, folders }: Target,
  tally: SecondPassTally,
  again?: ReadonlySet<string>,
): Promise<Complaint[] | null> {
  const { context, root, globs } = reading
  const locate = (name: Buffer) => {
    const found = locateMember(name, folders, whole)
    return found === null || globs.matches(found) ? null : found
  }
  const { end, tally: counted } = await streamTar(
    reading,
    'files-owned',
    {
      values: { root: root.path, whole: whole ? 1 : 0, tagged: context.overrides.nobackupTag ? 1 : '' },
      args,
    },
    locate,
    again,
  )
  tally.items += counted.entries
  tally.bytes += counted.bytes
  if (end.facts.get('entered') !== '1') return null
  return readSections(reading, end.stderr, end.stderrCut, folders, whole)
}

/** `@INODE/NAME…` as a path. With `whole`, the one folder that is not known yet is the root. */
export function locateMember(name: Buffer, folders: Map<string, Buffer>, whole: boolean): Buffer | null {
  const match = /^@([0-9]+)(?:\/|$)/.exec(name.subarray(0, 32).toString('latin1'))
  if (!match) return null
  const [head, inode = ''] = match
  const folder = folderOf(inode, folders, whole)
  return folder === undefined ? null : joinPath(folder, name.subarray(head.length))
}

function folderOf(inode: string, folders: Map<string, Buffer>, whole: boolean): Buffer | undefined {
  if (whole && folders.size === 0) folders.set(inode, Buffer.alloc(0))
  return folders.get(inode)
}

function joinPath(folder: Buffer, name: Buffer): Buffer {
  return folder.length === 0 || name.length === 0
    ? Buffer.concat([folder, name])
    : Buffer.concat([folder, Buffer.from('/'), name])
}

/** What each of the tars said, with paths instead of names in their folders. */
function readSections(
  reading: Reading,
  stderr: readonly Buffer[],
  cut: boolean,
  folders: Map<string, Buffer>,
  whole: boolean,
): Complaint[] {
  const complaints: Complaint[] = []
  const unknown: string[] = cut ? ['more messages than Holdfast keeps'] : []
  let folder: Buffer | undefined
  let lines: Buffer[] = []
  for (const line of stderr) {
    const [, tag, number = ''] = /^@(at|rc) ([0-9]+)$/.exec(line.subarray(0, 40).toString('latin1')) ?? []
    if (tag === undefined) lines.push(line)
    else if (tag === 'at') folder = folderOf(number, folders, whole)
    else {
      const report = judge(Number(number), lines, false)
      const base = folder
      if (base)
        for (const said of report.complaints) complaints.push({ ...said, path: joinPath(base, said.path) })
      unknown.push(...report.unknown)
      lines = []
    }
  }
  const rest = judge(
    0,
    lines.filter((line) => !line.subarray(0, 6).equals(Buffer.from('find: '))),
    false,
  )
  rejectUnknown(reading, [...unknown, ...rest.unknown])
  return complaints
}

function holds(folder: Buffer, path: Buffer): boolean {
  return (
    path.equals(folder) ||
    path.subarray(0, folder.length + 1).equals(Buffer.concat([folder, Buffer.from('/')]))
  )
}

/** Files that moved are read again singly; a whole folder only for the sake of a file that was cut. */
function isWorthAgain({ kind, path }: Complaint, items: readonly Unreadable[]): boolean {
  if (kind === 'shrunk') return true
  return kind === 'changed' && items.some((item) => item.type === 'file' && item.path.equals(path))
}
