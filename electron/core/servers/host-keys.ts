import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import {
  entriesFor,
  formatKnownHosts,
  judgeHostKey,
  parseKnownHosts,
  withHostKey,
  withoutHost,
} from './known-hosts.ts'
import type { HostKeyVerdict, KnownHostLine } from './known-hosts.ts'

/** What is known about the keys of one host, as of one moment. */
export interface KnownKeysOfHost {
  /** Types of the accepted keys, to be offered first. */
  readonly types: readonly string[]
  verdict(key: Buffer): HostKeyVerdict
}

/** The judge without whom no connection is made. */
export interface HostKeys {
  of(host: string, port: number): Promise<KnownKeysOfHost>
}

/**
 * Host keys in an OpenSSH known_hosts file of our own. It is read anew for every question, and replaced as a
 * whole: after a crash it holds either the old or the new text. Changes from one process run one after another.
 */
export class HostKeyFile implements HostKeys {
  readonly #path: string
  #turn: Promise<unknown> = Promise.resolve()

  /** `path`: the file, which need not exist. */
  constructor(path: string) {
    this.#path = path
  }

  async of(host: string, port: number): Promise<KnownKeysOfHost> {
    const entries = entriesFor(await readLines(this.#path), host, port)
    const accepted = entries.filter((entry) => entry.marker === null)
    return {
      types: [...new Set(accepted.map((entry) => entry.keyType))],
      verdict: (key) => judgeHostKey(entries, key),
    }
  }

  /** The accepted keys of a host in wire form. */
  async list(host: string, port: number): Promise<Buffer[]> {
    const entries = entriesFor(await readLines(this.#path), host, port)
    return entries.filter((entry) => entry.marker === null).map((entry) => entry.key)
  }

  /** Adds a key that a person has compared; other keys of the host stay accepted. Idempotent. */
  accept(host: string, port: number, key: Buffer): Promise<void> {
    return this.#change((lines) => withHostKey(lines, host, port, key))
  }

  /** Makes this the only accepted key of a host. */
  replace(host: string, port: number, key: Buffer): Promise<void> {
    return this.#change((lines) => withHostKey(withoutHost(lines, host, port), host, port, key))
  }

  /** Forgets the accepted keys of a host. Revoked keys stay revoked. Idempotent. */
  forget(host: string, port: number): Promise<void> {
    return this.#change((lines) => withoutHost(lines, host, port))
  }

  /**
   * Takes over the lines about one host from another known_hosts file (`~/.ssh/known_hosts`), revocations
   * included. Returns how many were new. A file that is missing has none.
   */
  async importHost(path: string, host: string, port: number): Promise<number> {
    const found = entriesFor(await readLines(path), host, port)
    let added = 0
    await this.#change((lines) => {
      const have = entriesFor(lines, host, port)
      const fresh = found.filter(
        (entry) => !have.some((old) => old.marker === entry.marker && old.key.equals(entry.key)),
      )
      added = fresh.length
      return [
        ...lines,
        ...fresh.map((entry) => {
          const words = [entry.hosts, entry.keyType, entry.key.toString('base64')]
          return { text: (entry.marker ? [`@${entry.marker}`, ...words] : words).join(' '), entry }
        }),
      ]
    })
    return added
  }

  #change(edit: (lines: readonly KnownHostLine[]) => KnownHostLine[]): Promise<void> {
    const turn = this.#turn.then(async () => {
      const before = await readLines(this.#path)
      const text = formatKnownHosts(edit(before))
      if (text !== formatKnownHosts(before)) await replaceFile(this.#path, text)
    })
    this.#turn = turn.catch(() => undefined)
    return turn
  }
}

async function readLines(path: string): Promise<KnownHostLine[]> {
  try {
    return parseKnownHosts(await readFile(path, 'utf8'))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new AppError(
      'permission-denied',
      `The list of known host keys, ${path}, cannot be read, so no server was contacted. Check the file's permissions and try again.`,
      { cause },
    )
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.${randomUUID()}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const file = await open(fresh, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(fresh, path)
    await syncFolder(dirname(path))
  } catch (cause) {
    await rm(fresh, { force: true })
    throw new AppError(
      'write-failed',
      `The list of known host keys, ${path}, could not be written and is as it was before. Make room or check its permissions, then try again.`,
      { cause },
    )
  }
}

/** Makes a rename durable; Windows has no such call and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
