import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, link, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncFolder, writeFully } from './durable.ts'
import { errnoOf, storingError } from './file-error.ts'

const unfinished = (file: string) => `.${basename(file)}.`
const unfinishedEnd = '.tmp'

/** A name beside `file` that nothing else uses. */
function nameBeside(file: string): string {
  return join(dirname(file), unfinished(file) + randomBytes(6).toString('hex') + unfinishedEnd)
}

/**
 * Replaces a file as a whole: after a crash or a failure at any moment it holds the old bytes or the new ones, and
 * when this resolves the new ones are on disk. The folder must exist; the file gets mode 0600.
 * @param options.backup where the bytes before are kept, replacing what was there
 * @throws `no-space`, `permission-denied`, `write-failed`; the file is then as it was
 */
export async function writeFileAtomically(
  file: string,
  body: string | Uint8Array,
  options: { readonly backup?: string } = {},
): Promise<void> {
  const fresh = nameBeside(file)
  try {
    await writeNew(fresh, typeof body === 'string' ? Buffer.from(body) : body)
    if (options.backup !== undefined) await keepAs(file, options.backup)
    await rename(fresh, file)
    await syncFolder(dirname(file))
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined)
    throw storingError(error, `Could not save ${file}`, 'What was saved before is still there.')
  }
}

/** Creates a file that must not exist, durably. Its folder is not flushed. */
async function writeNew(file: string, body: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await writeFully(handle, body)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Gives the file's present bytes a second name, at no moment without the older copy. No file, nothing to keep. */
async function keepAs(file: string, backup: string): Promise<void> {
  const second = nameBeside(file)
  try {
    await link(file, second)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    await copyDurably(file, second)
  }
  try {
    await rename(second, backup)
  } catch (error) {
    await rm(second, { force: true }).catch(() => undefined)
    throw error
  }
}

/** For file systems without hard links. */
async function copyDurably(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL)
  const handle = await open(to, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Removes what a killed `writeFileAtomically` of this file left beside it. Only for the file's one writer. */
export async function removeUnfinished(file: string): Promise<void> {
  const folder = dirname(file)
  for (const name of await readdir(folder)) {
    if (name.startsWith(unfinished(file)) && name.endsWith(unfinishedEnd)) {
      await rm(join(folder, name), { force: true })
    }
  }
}
