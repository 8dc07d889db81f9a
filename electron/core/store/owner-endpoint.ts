import { randomBytes } from 'node:crypto'
import { chmod, readFile, rename, rm } from 'node:fs/promises'
import type { Server } from 'node:net'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { writeFileAtomically } from './atomic-file.ts'
import { errnoOf } from './file-error.ts'

/** macOS allows 103 bytes, Linux 107; the name while it is made is longer than the final one. */
const longestSocketPath = 103

const socketPath = (folder: string) => join(folder, 'owner.sock')
const unreadySocketPath = (folder: string) => join(folder, 'owner.sock.new')
/** Holds the name of the owner's pipe, which is random, so that no other user can be there first. */
const pipeNameFile = (folder: string) => join(folder, 'owner.pipe')

/** @throws `invalid-input` where the folder's path is too long for a socket in it */
export function assertShortEnough(folder: string): void {
  if (process.platform === 'win32' || Buffer.byteLength(unreadySocketPath(folder)) <= longestSocketPath)
    return
  throw new AppError(
    'invalid-input',
    `The path of the data folder ${folder} is longer than this system allows for a socket in it. Nothing was written: choose a folder with a shorter path.`,
  )
}

/**
 * Lets the server listen where `endpointOf` points, replacing what a dead owner left. Only for the holder of the
 * lock. On POSIX a socket of mode 0600, on Windows a pipe with a random name.
 * @returns what removes the endpoint again
 */
export async function listenIn(folder: string, server: Server): Promise<() => Promise<void>> {
  if (process.platform === 'win32') {
    const name = `\\\\.\\pipe\\holdfast-${randomBytes(16).toString('hex')}`
    await listen(server, name)
    await writeFileAtomically(pipeNameFile(folder), name)
    return () => rm(pipeNameFile(folder), { force: true })
  }
  const unready = unreadySocketPath(folder)
  await rm(unready, { force: true })
  await listen(server, unready)
  await chmod(unready, 0o600)
  await rename(unready, socketPath(folder))
  return () => rm(socketPath(folder), { force: true })
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Where the owner listens, or null where no owner ever said so. */
export async function endpointOf(folder: string): Promise<string | null> {
  if (process.platform !== 'win32') return socketPath(folder)
  try {
    return await readFile(pipeNameFile(folder), 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}
