import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { storingError } from '../store/file-error.ts'

/** An index on this computer while its archive is written; it goes to the destinations afterwards. */
export interface IndexFile extends AsyncDisposable {
  readonly path: string
  write(chunk: Uint8Array): Promise<void>
  /** The finished index, from its beginning. */
  read(): AsyncIterable<Buffer>
}

/** Makes an empty one in `folder`; disposing removes it. Errors: `no-space`, `permission-denied`, `write-failed`. */
export async function createIndexFile(folder: string): Promise<IndexFile> {
  const path = join(folder, `${randomUUID()}.index.gz`)
  const failed = (error: unknown) =>
    storingError(error, `Could not write the index in ${folder}`, 'Earlier backups are unchanged.')
  const handle = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw failed(error)
  })
  return {
    path,
    write: async (chunk) => {
      try {
        await handle.writeFile(chunk)
      } catch (error) {
        throw failed(error)
      }
    },
    read: () => createReadStream(path) as AsyncIterable<Buffer>,
    [Symbol.asyncDispose]: async () => {
      await handle.close()
      await rm(path, { force: true })
    },
  }
}
