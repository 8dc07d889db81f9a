import { open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { z } from 'zod'
import { syncFolder, writeFully } from './durable.ts'
import { errnoOf, storingError } from './file-error.ts'

const newline = 0x0a
const blockSize = 65_536

/** A file of JSON lines that only grows: histories and logs. For one writer. */
export interface AppendLog<T> extends AsyncDisposable {
  /** Adds a record, one after the other; after a failure the file ends with the record before. */
  append(record: T): Promise<void>
  /** Resolves when every record so far is on disk. Disposing does this too. */
  sync(): Promise<void>
}

/**
 * Opens a log for writing, mode 0600; half a record that a crash left at its end is cut off.
 * @throws `no-space`, `permission-denied`, `write-failed`, as `append` and `sync` do
 */
export async function openAppendLog<T>(file: string): Promise<AppendLog<T>> {
  const failed = (error: unknown) =>
    storingError(error, `Could not add to ${file}`, 'What was written before is still there.')
  let handle: FileHandle
  let size: number
  try {
    handle = await open(file, 'a+', 0o600)
    await syncFolder(dirname(file))
    size = await endOfLastLine(handle)
    await handle.truncate(size)
  } catch (error) {
    throw failed(error)
  }

  let last: Promise<void> = Promise.resolve()
  const next = (step: () => Promise<void>): Promise<void> => {
    const done = last.then(step).catch((error: unknown) => {
      throw failed(error)
    })
    last = done.catch(() => undefined)
    return done
  }
  const sync = () => next(() => handle.sync())
  return {
    append: (record) =>
      next(async () => {
        const line = Buffer.from(`${JSON.stringify(record)}\n`)
        try {
          await writeFully(handle, line)
        } catch (error) {
          await handle.truncate(size)
          throw error
        }
        size += line.length
      }),
    sync,
    async [Symbol.asyncDispose]() {
      try {
        await sync()
      } finally {
        await handle.close()
      }
    },
  }
}

/** The offset behind the last line end, 0 where there is none. */
async function endOfLastLine(handle: FileHandle): Promise<number> {
  const block = Buffer.allocUnsafe(blockSize)
  let end = (await handle.stat()).size
  while (end > 0) {
    const start = Math.max(0, end - blockSize)
    const { bytesRead } = await handle.read(block, 0, end - start, start)
    const found = block.subarray(0, bytesRead).lastIndexOf(newline)
    if (found !== -1) return start + found + 1
    end = start
  }
  return 0
}

/**
 * Reads a log, oldest record first, while it may be growing. Half a record at the end is left out; a line that is no
 * record of this schema is passed over, so that one damaged line does not hide the others. No file, no records.
 */
export async function* readAppendLog<S extends z.ZodType>(
  file: string,
  schema: S,
): AsyncGenerator<z.output<S>> {
  let handle: FileHandle
  try {
    handle = await open(file, 'r')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  await using _ = handle
  const end = await endOfLastLine(handle)
  if (end === 0) return
  const stream = handle.createReadStream({ start: 0, end: end - 1, autoClose: false, encoding: 'utf8' })
  let rest = ''
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const record = parse(line, schema)
      if (record !== null) yield record.value
    }
  }
}

function parse<S extends z.ZodType>(line: string, schema: S): { readonly value: z.output<S> } | null {
  try {
    return { value: schema.parse(JSON.parse(line)) }
  } catch {
    return null
  }
}
