import { randomInt } from 'node:crypto'
import { dirname } from 'node:path/posix'
import type { Stats } from 'ssh2'
import type { Handle, Remote } from './remote.ts'
import { makeRemoteFolder } from './place.ts'

/** An exclusively created file that is not visible under its key yet. */
export interface PartialFile {
  readonly path: string
  readonly remote: Remote
  readonly handle: Handle
  /** It has an access time that no other file has. */
  readonly marked: boolean
}

/**
 * Creates a file exclusively; null where the name is taken. It gets an access time at random: the protocol shows no
 * inode numbers, so that is what tells two files of one name apart, whose size and times may else be the same.
 */
export async function createPartial(remote: Remote, path: string): Promise<PartialFile | null> {
  const open = () => remote.open(path, 'wx')
  const handle = await open().catch(async (error: unknown) => {
    if ((await remote.lstat(path)) !== null) return null
    await makeRemoteFolder(remote, dirname(path))
    return open().catch(async (again: unknown) => {
      if ((await remote.lstat(path)) !== null) return null
      throw again instanceof Error ? again : error
    })
  })
  if (handle === null) return null
  const { mtime } = await remote.fstat(handle)
  const marked = await remote.setTimes(handle, randomInt(2 ** 31), mtime).then(
    () => true,
    () => false,
  )
  return { path, remote, handle, marked }
}

/** What two looks at one file have in common. Sizes and times of change may come from a cache of the server's. */
const shown = ({ size, mtime, atime }: Stats, marked: boolean) =>
  marked ? String(atime) : `${size} ${mtime}`

/** Whether the path still names the file that is open, and not one that somebody put in its place. */
export async function isStillOurs({ path, remote, handle, marked }: PartialFile): Promise<boolean> {
  const there = await remote.lstat(path)
  return there !== null && shown(there, marked) === shown(await remote.fstat(handle), marked)
}

/** Closes and removes the file where it is still ours. Never throws: what cannot be removed stays listed. */
export async function discardPartial(file: PartialFile): Promise<void> {
  try {
    if (await isStillOurs(file)) await file.remote.unlink(file.path)
  } catch {
    // The connection is gone or the server refuses; the file is a leftover that `list` shows.
  }
  await file.remote.close(file.handle).catch(() => undefined)
}
