import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { AppError } from '../../../shared/errors.ts'

/** Primary result code of SQLite: https://sqlite.org/rescode.html#busy */
const sqliteBusy = 5

/**
 * Takes the data folder's lock, or returns null where another process has it. The system itself releases it when the
 * process dies, however it dies: it is SQLite's lock on an empty database, because Node has no file locks of its own.
 * @throws `permission-denied` where the folder cannot be written
 */
export function takeLock(folder: string): Disposable | null {
  const file = join(folder, 'owner.lock')
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(file, { timeout: 0 })
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    const held = database
    return {
      [Symbol.dispose]: () => {
        if (held.isOpen) held.close()
      },
    }
  } catch (error) {
    database?.close()
    if (resultCode(error) === sqliteBusy) return null
    throw new AppError(
      'permission-denied',
      `The data folder ${folder} cannot be locked. Nothing in it was changed: check its owner and that its disk is not read-only.`,
      { cause: error },
    )
  }
}

/** Primary code; extended ones carry it in their low byte. */
function resultCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : null
}
