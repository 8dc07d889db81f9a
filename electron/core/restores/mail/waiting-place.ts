import { dirname } from 'node:path/posix'
import type { RestoreContext } from '../restore-context.ts'
import { lookAtTarget } from '../files/target-look.ts'
import { isWithin } from '../mapping/map-path.ts'
import { absolute } from '../../collectors/files/roots.ts'
import { parseRecords, recordsOf } from '../../sources/records.ts'

/** Who owns a mailbox, and the folder that a new one waits in: the mailbox's, or one around it. */
export interface WaitingPlace {
  readonly account: string
  readonly uid: number
  readonly gid: number
  readonly root: Buffer
  readonly freeBytes: number | null
}

interface Mailbox {
  readonly path: Buffer
  readonly owner: { readonly uid: number; readonly gid: number } | null
  readonly exists: boolean
}

/** The name of a uid over there; empty where it has none. */
export async function nameOf({ target, signal }: RestoreContext, uid: number): Promise<string> {
  const { output } = await target.shell.run('mail-look', { args: [String(uid), '/nowhere'], signal })
  return recordsOf(parseRecords(output), 'box', 2)[0]?.[1]?.toString() ?? ''
}

/**
 * Finds the folder in which the owner of a mailbox may make another: the home, or the next one around the mailbox that
 * is there, else the mailbox's own. A home that is yet to be made is the new account's. Null where there is none, or
 * where it is root's.
 */
export async function waitingPlace(
  context: RestoreContext,
  { path, owner, exists }: Mailbox,
): Promise<WaitingPlace | null> {
  const { mapping, target } = context
  const home = absolute(mapping.home.to)
  if (target.toMake !== null && isWithin(home, path)) {
    const { user, uid, gid } = mapping
    return { account: user.to, uid: uid.to, gid: gid.to, root: home, freeBytes: null }
  }
  const folders = isWithin(home, path) ? [home] : []
  for (let folder = up(path); folder.length > 1 && folders.length < 6; folder = up(folder))
    folders.push(folder)
  let uid = owner?.uid ?? null
  for (const root of folders) {
    let holder: { readonly uid: number; readonly gid: number } | null = null
    const asked = {
      user: uid === null ? 'root' : await nameOf(context, uid),
      uid: uid ?? 0,
      gid: owner?.gid ?? 0,
    }
    const facts = await lookAtTarget(
      context,
      root,
      (entry) => (entry.path.length === 0 ? (holder = entry) : undefined),
      {
        ...{ account: asked, deep: false },
      },
    )
    const found = holder as { readonly uid: number; readonly gid: number } | null
    if (facts.there !== 'folder') {
      if (facts.there === 'none' && !exists) continue
      return null
    }
    if (found === null || (uid !== null && found.uid !== uid) || found.uid === 0) {
      if (exists || isWithin(home, root)) continue
      return null
    }
    if (
      facts.mounts.some((mount) => isWithin(Buffer.concat([facts.physical, Buffer.from('/'), mount]), path))
    )
      continue
    uid = found.uid
    const account = await nameOf(context, uid)
    return { account, uid, gid: owner?.gid ?? found.gid, root, freeBytes: facts.freeBytes }
  }
  if (!exists || owner === null) return null
  const facts = await lookAtTarget(context, path, () => undefined, {
    ...{ account: { user: await nameOf(context, owner.uid), ...owner }, deep: false },
  })
  return { account: await nameOf(context, owner.uid), ...owner, root: path, freeBytes: facts.freeBytes }
}

function up(path: Buffer): Buffer {
  return Buffer.from(dirname(path.toString('latin1')), 'latin1')
}
