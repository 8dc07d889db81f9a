import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Who extracts: nobody in particular, who may do whatever the tenant may. Null where this process is no root. */
const tenant = process.getuid?.() === 0 ? 65_534 : null

/** `tar`: as a server is told to extract. `reckless`: guards nothing; takes absolute names, steps up, goes through links. */
export type Extractor = 'tar' | 'reckless'

const tarFlags = [
  '--preserve-permissions',
  '--no-same-owner',
  '--no-overwrite-dir',
  '--delay-directory-restore',
]

/** The command that extracts its stdin into a folder, as the tenant. */
function commandOf(extractor: Extractor, folder: string): { command: string; args: string[] } {
  const program =
    extractor === 'tar'
      ? ['tar', '--extract', '--file=-', ...tarFlags, '--directory', folder]
      : ['bsdtar', '-x', '-P', '-f', '-', '-C', folder]
  const user = ['setpriv', `--reuid=${tenant}`, `--regid=${tenant}`, '--clear-groups']
  const [command = '', ...args] = tenant === null ? program : [...user, ...program]
  return { command, args }
}

/** A folder to extract into, with a victim outside that the same user could change: only the guard stands between. */
export class Scene implements Disposable {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'hostile-')))
  readonly victim = join(this.base, 'victim')
  readonly stage = join(this.base, 'a/b/stage')
  readonly #before: string

  constructor() {
    mkdirSync(this.stage, { recursive: true })
    mkdirSync(this.victim)
    writeFileSync(join(this.victim, 'secret'), 'untouched')
    for (const path of ['', 'a', 'a/b', 'a/b/stage', 'victim', 'victim/secret']) {
      if (tenant !== null) chownSync(join(this.base, path), tenant, tenant)
    }
    chmodSync(this.base, 0o755)
    this.#before = this.#outside()
  }

  /** What changed outside of the stage: nothing, as a rule. A hard link to the secret counts. */
  get escaped(): boolean {
    return this.#outside() !== this.#before
  }

  /** Extracts a tar as the tenant; answers what the program said, empty where it was content. */
  async extract(tar: AsyncIterable<Buffer>, extractor: Extractor): Promise<string> {
    const { command, args } = commandOf(extractor, this.stage)
    const child = spawn(command, args, {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], LC_ALL: extractor === 'tar' ? 'C' : 'C.UTF-8' },
    })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    const closed = once(child, 'close')
    const sent = pipeline(Readable.from(tar), child.stdin).catch((error: unknown) => {
      child.kill()
      throw error
    })
    const results = await Promise.allSettled([sent, closed])
    if (results[0].status === 'rejected') throw results[0].reason
    return child.exitCode === 0 ? '' : `${child.exitCode}: ${said}`
  }

  /** Everything in the stage; `leads` is where a link ends in truth, null where it ends nowhere. */
  contents(): { kind: string; mode: number; target: string; leads: string | null }[] {
    return below(Buffer.from(this.stage)).map((path) => {
      const facts = lstatSync(path)
      const kind = facts.isFile()
        ? 'file'
        : facts.isDirectory()
          ? 'folder'
          : facts.isSymbolicLink()
            ? 'link'
            : 'other'
      const isLink = kind === 'link'
      return {
        kind,
        mode: facts.mode & 0o7777,
        target: isLink ? readlinkSync(path) : '',
        leads: isLink ? endOf(path) : null,
      }
    })
  }

  [Symbol.dispose](): void {
    rmSync(this.base, { recursive: true, force: true })
  }

  #outside(): string {
    const lines = below(Buffer.from(this.base), Buffer.from(this.stage)).map((path) => {
      const facts = lstatSync(path)
      const { mode, nlink, mtimeMs, size, uid } = facts
      const holdsStage = path.toString() === resolve(this.stage, '..')
      return [path.toString('latin1'), mode, uid, size, holdsStage || mtimeMs, facts.isFile() && nlink].join(
        ' ',
      )
    })
    return [...lines, readFileSync(join(this.victim, 'secret'), 'utf8')].join('\n')
  }
}

function endOf(path: Buffer): string | null {
  try {
    return realpathSync(path)
  } catch {
    return null
  }
}

/** Every path below a folder, as bytes, folder before content; nothing of the one that is left out. */
function below(folder: Buffer, except?: Buffer): Buffer[] {
  return readdirSync(folder, { encoding: 'buffer' })
    .sort((a, b) => a.compare(b))
    .flatMap((name) => {
      const path = Buffer.concat([folder, Buffer.from('/'), name])
      if (except?.equals(path) === true) return []
      return lstatSync(path).isDirectory() ? [path, ...below(path, except)] : [path]
    })
}
