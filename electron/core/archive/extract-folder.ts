import { constants } from 'node:fs'
import { lstat, mkdir, open, rm, type FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { AppError } from '../../../shared/errors.ts'

interface Attributes {
  readonly mode: number
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint
}

interface NewFile extends Attributes {
  readonly content: Readable
}

const separator = Buffer.from('/')
const { O_WRONLY, O_CREAT, O_EXCL, O_RDONLY } = constants
const flags: Readonly<Record<string, number | undefined>> = constants
/** Windows has neither; there, opening a new file never follows anything. */
const O_NOFOLLOW = flags['O_NOFOLLOW'] ?? 0
const O_DIRECTORY = flags['O_DIRECTORY'] ?? 0

/** Reasons of this computer's file system that concern one name only, in words. */
const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'something of that name is there already and was not touched',
  ELOOP: 'a link of that name is there already and was not followed',
  ENAMETOOLONG: 'its path is too long for this computer',
  EILSEQ: 'its name cannot exist on this computer',
  EINVAL: 'its name cannot exist on this computer',
  ENOENT: 'its name cannot exist on this computer',
  ENOTDIR: 'something that is no folder stands in its way and was not touched',
  EISDIR: 'a folder of that name is there already',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
}

/**
 * A folder that is filled from an archive. Every folder on the way is made here or is a real one that was there,
 * never a link; every file is new. Answers null where an entry was written, else the reason in words.
 */
export class ExtractFolder {
  readonly #root: Buffer
  /** Folders that are known to be real ones, by path as latin1. */
  readonly #real = new Set<string>()
  readonly #made: { readonly path: Buffer; readonly attributes: Attributes }[] = []

  constructor(root: Buffer) {
    this.#root = root
  }

  async folder(names: readonly Buffer[], { mode, mtime }: Attributes): Promise<string | null> {
    const why = await this.#enter(names)
    if (why === null) this.#made.push({ path: this.#path(names), attributes: { mode, mtime } })
    return why
  }

  /** Removes what it made of a file that could not be written whole, and throws what its content threw. */
  async file(names: readonly Buffer[], file: NewFile): Promise<string | null> {
    const why = await this.#enter(names.slice(0, -1))
    if (why !== null) {
      file.content.destroy()
      return why
    }
    const path = this.#path(names)
    let handle: FileHandle
    try {
      handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    } catch (error) {
      file.content.destroy()
      return reasonOf(error)
    }
    try {
      await fill(handle, file)
      return null
    } catch (error) {
      await rm(path, { force: true })
      throw spaceError(error)
    } finally {
      await handle.close()
    }
  }

  /** Gives the folders their modes and times, the inner ones first. Their owner can always enter them. */
  async finish(): Promise<void> {
    for (const { path, attributes } of this.#made.reverse()) {
      const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_DIRECTORY).catch(() => null)
      if (handle === null) continue
      await stamp(handle, { ...attributes, mode: attributes.mode | 0o700 }).finally(() => handle.close())
    }
  }

  #path(names: readonly Buffer[]): Buffer {
    return Buffer.concat([this.#root, ...names.flatMap((name) => [separator, name])])
  }

  async #enter(names: readonly Buffer[]): Promise<string | null> {
    for (let depth = 1; depth <= names.length; depth += 1) {
      const path = this.#path(names.slice(0, depth))
      const key = path.toString('latin1')
      if (this.#real.has(key)) continue
      const why = await makeReal(path)
      if (why !== null) return why
      this.#real.add(key)
    }
    return null
  }
}

async function makeReal(path: Buffer): Promise<string | null> {
  try {
    await mkdir(path, { mode: 0o700 })
    return null
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') return reasonOf(error)
  }
  const there = await lstat(path)
  return there.isDirectory() ? null : 'a link or file stands in its way, and was neither followed nor touched'
}

async function fill(handle: FileHandle, { content, mode, mtime }: NewFile): Promise<void> {
  for await (const chunk of content as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten
  }
  await stamp(handle, { mode, mtime })
}

/** Permissions without setuid, setgid and sticky, and the time of the last change. */
async function stamp(handle: FileHandle, { mode, mtime }: Attributes): Promise<void> {
  const seconds = Number(mtime / 1_000_000n) / 1000
  await handle.chmod(mode & 0o777)
  await handle.utimes(seconds, seconds)
}

function reasonOf(error: unknown): string {
  const reason = reasons[codeOf(error) ?? '']
  if (reason === undefined) throw spaceError(error)
  return reason
}

function spaceError(error: unknown): unknown {
  const code = codeOf(error)
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new AppError(
      'no-space',
      'The disk is full; what was written whole stays. Free some space, then go on.',
      {
        cause: error,
      },
    )
  }
  if (code !== null && !(error instanceof AppError)) {
    return new AppError(
      'write-failed',
      `This computer could not write a file (${code}); what was written whole stays.`,
      {
        cause: error,
      },
    )
  }
  return error
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}
