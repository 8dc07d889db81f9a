import { randomBytes } from 'node:crypto'
import { AppError } from '../../../../shared/errors.ts'
import { markerName } from '../marker.ts'
import { refusedWith, SftpRefusal, type Remote } from './remote.ts'
import type { SftpSession } from './session.ts'

const known = new WeakMap<Remote, boolean>()

/**
 * Whether the server's plain rename replaces an existing file. The protocol says that it must not; proftpd and others
 * do it nevertheless. Found out once for a session, with two files of our own.
 */
async function renameReplaces(session: SftpSession, remote: Remote): Promise<boolean> {
  const before = known.get(remote)
  if (before !== undefined) return before
  const names = [0, 1].map(() => session.path(`${markerName}-${randomBytes(4).toString('hex')}`)) as [
    string,
    string,
  ]
  try {
    for (const name of names) await remote.close(await remote.open(name, 'wx'))
    const replaces = await remote.rename(...names).then(
      () => true,
      (error: unknown) => {
        if (error instanceof SftpRefusal) return false
        throw error
      },
    )
    known.set(remote, replaces)
    return replaces
  } finally {
    for (const name of names) await remote.unlink(name).catch(() => undefined)
  }
}

function nameTaken(path: string): AppError {
  return new AppError('conflict', `${path} exists already. It was left as it is: choose another name.`, {
    details: { path },
  })
}

/**
 * Gives a finished file its name and never replaces one: by hard link where the server has them, by a rename that
 * refuses, else by creating the name exclusively and renaming onto that empty file.
 * @throws `conflict` where the name exists; the server's refusal otherwise
 */
export async function publishRemote(
  session: SftpSession,
  remote: Remote,
  from: string,
  to: string,
): Promise<void> {
  if ((await remote.lstat(to)) !== null) throw nameTaken(to)
  try {
    await remote.hardLink(from, to)
    await remote.unlink(from).catch(() => undefined)
    return
  } catch (error) {
    if (!(error instanceof SftpRefusal)) throw error
    if ((await remote.lstat(to)) !== null) throw nameTaken(to)
  }
  if (!(await renameReplaces(session, remote))) {
    await remote.rename(from, to).catch(async (error: unknown) => {
      throw (await remote.lstat(to)) === null ? error : nameTaken(to)
    })
    return
  }
  const handle = await remote.open(to, 'wx').catch(async (error: unknown) => {
    throw (await remote.lstat(to)) === null ? error : nameTaken(to)
  })
  await remote.close(handle)
  try {
    await remote.rename(from, to)
  } catch (error) {
    await remote.unlink(to).catch(() => undefined)
    throw error
  }
}

/** Puts a finished file in the place of another, in one step where the server can. */
export async function replaceRemote(
  session: SftpSession,
  remote: Remote,
  from: string,
  to: string,
): Promise<void> {
  try {
    await remote.replace(from, to)
    return
  } catch (error) {
    if (!refusedWith(error, 'unsupported')) throw error
  }
  if (!(await renameReplaces(session, remote)) && (await remote.lstat(to)) !== null) await remote.unlink(to)
  await remote.rename(from, to)
}
