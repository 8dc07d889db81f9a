import { AppError } from '../../../../shared/errors.ts'
import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import { parseRecords, recordsOf } from '../../sources/records.ts'
import { encodedName } from '../encoded-name.ts'
import { absolute, relative } from '../files/roots.ts'
import type { SourceMailbox } from '../../../../shared/model/source.ts'
import type { CollectContext } from '../collector.ts'
import type { Reader } from '../files/reading.ts'
import type { Root } from '../files/roots.ts'

/** How a mailbox is kept. `folder`: in a form that is not known; it is stored as the files that it is. */
const formats = ['maildir', 'mdbox', 'sdbox', 'mbox', 'folder', 'none'] as const
export type MailFormat = (typeof formats)[number]

/** A mailbox and how to read it. */
export interface Mailbox {
  readonly mailbox: SourceMailbox
  readonly format: MailFormat
  readonly owner: Reader
  readonly root: Omit<Root, 'kind'>
}

/** Asks the server about the mailboxes of the source, in order. Throws `remote-failed`. */
export async function lookAtMailboxes(context: CollectContext): Promise<Mailbox[]> {
  const { shell, source, signal } = context
  const boxes = source.mailboxes
  const args = boxes.flatMap((box) => [String(box.uid), absolute(box.path)])
  const { output } = await shell.run('mail-look', { args, signal })
  const looks = recordsOf(parseRecords(output), 'box', 2)
  const folders = boxes.map(ownFolder)
  return boxes.map((box, at) => {
    const [said, user] = looks[at] ?? []
    const format = formats.find((one) => one === said?.toString('latin1'))
    const path = folders[at]
    if (format === undefined || user === undefined || path === undefined) throw unclear()
    const held = folders
      .flatMap((other) => relative(path, other) ?? [])
      .map((other) => ({ path: other, by: 'mail' }))
    const whole = path.length === absolute(box.path).length
    const prefix = Buffer.concat([
      placeOf(box),
      format === 'mbox' && whole ? lastPart(path) : Buffer.alloc(0),
    ])
    const root = { name: box.path, path, prefix, held }
    return { mailbox: box, format, owner: ownerOf(context, box, toRemoteName(user)), root }
  })
}

/**
 * The folder that is a mailbox's own: its Maildir, or of a virtual mailbox in `DOMAIN/NAME/Maildir` outside of the
 * home the folder above, where its Sieve scripts lie.
 */
export function ownFolder(box: Pick<SourceMailbox, 'path' | 'domain' | 'name' | 'insideHome'>): Buffer {
  const path = absolute(box.path)
  const parts = path.toString('latin1').split('/')
  const [domain, name] = parts.slice(-3)
  const isOwn = domain?.toLowerCase() === latin1(box.domain ?? '').toLowerCase() && name === latin1(box.name)
  return isOwn && !box.insideHome ? path.subarray(0, path.lastIndexOf(0x2f)) : path
}

/** `/name` of `/folder/name`. */
function lastPart(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(0x2f))
}

function latin1(name: string): string {
  return Buffer.from(fromRemoteName(name)).toString('latin1')
}

/** Mail of root is read as the account: what only root may read comes after it. */
function ownerOf({ shell, source }: CollectContext, { uid, gid }: SourceMailbox, user: string): Reader {
  if (shell.privilege === 'user' || uid === 0 || uid === source.uid) return source
  return { name: user, uid, gid }
}

/** The mailbox's folder in the archive (FORMAT §2). */
export function placeOf({ domain, name }: Pick<SourceMailbox, 'domain' | 'name'>): Buffer {
  const folder = domain === null ? '_local' : encodedName(fromRemoteName(domain))
  return Buffer.from(`mail/${folder}/${encodedName(fromRemoteName(name))}`)
}

function unclear(): AppError {
  return new AppError(
    'remote-failed',
    'The server did not say what its mailboxes are; everything else was backed up. Run the backup again.',
  )
}
