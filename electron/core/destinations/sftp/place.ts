import { AppError } from '../../../../shared/errors.ts'
import { markerName, markerText } from '../marker.ts'
import { refusedWith, type Remote } from './remote.ts'
import type { SftpSession } from './session.ts'

type Cancellable = { readonly signal: AbortSignal }

/** Makes a folder with all above it, unless it is there. */
export async function makeRemoteFolder(remote: Remote, path: string): Promise<void> {
  if (path === '' || path === '.' || (await remote.lstat(path)) !== null) return
  const above = path.lastIndexOf('/')
  if (above > 0) await makeRemoteFolder(remote, path.slice(0, above))
  try {
    await remote.mkdir(path)
  } catch (error) {
    // Another run may have made it meanwhile.
    if ((await remote.lstat(path)) === null) throw error
  }
}

/**
 * Makes the folder a destination: creates it where it is missing and puts the marker into it. Idempotent.
 * @throws as `SftpSession.explain`, and as a login does
 */
export async function prepareSftpPlace(session: SftpSession, options: Cancellable): Promise<void> {
  const marker = session.path(markerName)
  await session.run(
    `Could not make ${session.path()} a destination`,
    async (remote) => {
      await makeRemoteFolder(remote, session.path())
      if ((await remote.lstat(marker)) !== null) return
      const handle = await remote.open(marker, 'wx').catch(async (error: unknown) => {
        if ((await remote.lstat(marker)) !== null) return null
        throw error
      })
      if (handle === null) return
      await remote.write(handle, Buffer.from(markerText), 0)
      await remote.close(handle)
    },
    options,
  )
}

/** Throws `unreachable` where the folder is not there as it was prepared: its disk may not be mounted. */
export async function requireSftpPlace(session: SftpSession, remote: Remote): Promise<void> {
  const marker = await remote.lstat(session.path(markerName)).catch((error: unknown) => {
    if (refusedWith(error, 'failure')) return null
    throw error
  })
  if (marker?.isFile() === true) return
  throw new AppError(
    'unreachable',
    `${session.path()} at ${session.profile.name} is not there, or not as it was: is its disk mounted? Nothing was written in its place; bring it back and try again.`,
    { details: { folder: session.path() } },
  )
}
