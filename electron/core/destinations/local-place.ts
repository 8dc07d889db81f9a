import { stat, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { makeFolder, syncFolder } from '../store/durable.ts'
import { errnoOf, storingError } from '../store/file-error.ts'
import type { Key } from './destination.ts'
import { assertKey } from './key.ts'
import { markerName, markerText } from './marker.ts'

/** What the system says of a disk that is gone. */
const gone = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ENXIO', 'ESTALE', 'ENOTCONN', 'EHOSTDOWN', 'EIO'])

/** The folder of a local destination, as it was when it was opened. */
export interface LocalPlace {
  readonly root: string
  /** @throws `invalid-input` for what is no key */
  path(key: Key): string
  /** @throws `unreachable` where this is no longer the folder that was opened; `permission-denied` */
  ensurePresent(): Promise<void>
  /** The `AppError` of a failed operation: `unreachable` where the folder is gone, else by its errno. */
  explain(error: unknown, action: string): Promise<AppError>
}

/**
 * Makes a folder a destination: creates it where it is missing and puts the marker into it. Idempotent.
 * @throws `invalid-input` where the path is not absolute; `no-space`, `permission-denied`, `write-failed`
 */
export async function prepareLocalPlace(root: string): Promise<void> {
  if (!isAbsolute(root)) {
    throw new AppError('invalid-input', `${root} is not an absolute path. Nothing was written.`)
  }
  try {
    await makeFolder(root)
    await writeFile(join(root, markerName), markerText, { flag: 'wx', mode: 0o644, flush: true })
    await syncFolder(root)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' && (await isMarked(root))) return
    throw storingError(error, `Could not make ${root} a destination`, 'What lies there is unchanged.')
  }
}

async function isMarked(root: string): Promise<boolean> {
  return (await stat(join(root, markerName))).isFile()
}

/** @throws `unreachable` where the folder or its marker is missing; `permission-denied` */
export async function openLocalPlace(root: string): Promise<LocalPlace> {
  const identity = async () => {
    try {
      if (!(await isMarked(root))) throw absent(root)
      const { dev, ino } = await stat(root, { bigint: true })
      return `${dev}:${ino}`
    } catch (error) {
      if (gone.has(errnoOf(error) ?? '')) throw absent(root, error)
      throw storingError(error, `Could not look into ${root}`, 'What lies there is unchanged.')
    }
  }
  const opened = await identity()
  const ensurePresent = async () => {
    if ((await identity()) !== opened) throw absent(root)
  }
  return {
    root,
    path(key) {
      assertKey(key)
      return join(root, ...key.split('/'))
    },
    ensurePresent,
    async explain(error, action) {
      if (error instanceof AppError) return error
      try {
        await ensurePresent()
      } catch (missing) {
        if (missing instanceof AppError) return missing
      }
      return storingError(error, action, 'Finished backups there are unchanged.')
    },
  }
}

function absent(root: string, cause?: unknown): AppError {
  return new AppError(
    'unreachable',
    `${root} is not there, or not as it was: is its disk plugged in? Nothing was written in its place; bring it back and try again.`,
    { cause, details: { path: root } },
  )
}
