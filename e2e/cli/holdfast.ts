import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Secret } from '../../electron/core/secrets/secret.ts'
import { Vault } from '../../electron/core/secrets/vault.ts'

/** Its source, or one file made of that; see global-setup.ts. */
const program = process.env['HOLDFAST_PROGRAM'] ?? join(import.meta.dirname, '../../electron/headless/cli.ts')

/** How a command line ended. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command line that runs. */
export interface Running {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly ended: Promise<Ended>
}

/** Holdfast as its users run it: the real program over a home, a data folder and a backup folder of its own. */
export class Holdfast implements AsyncDisposable {
  readonly folder: string
  readonly env: NodeJS.ProcessEnv

  private constructor(folder: string) {
    this.folder = folder
    this.env = {
      ...process.env,
      HOME: folder,
      HOLDFAST_DATA: this.data,
      HOLDFAST_BACKUPS: join(folder, 'backups'),
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere',
    }
  }

  static async create(): Promise<Holdfast> {
    return new Holdfast(await mkdtemp(join(tmpdir(), 'holdfast-cli-')))
  }

  /** With a vault, as on a machine without a keychain. It opens in no time, which no vault of a user's does. */
  static async withVault(): Promise<Holdfast> {
    const made = await Holdfast.create()
    const passphrase = 'correct horse battery staple'
    const file = join(made.folder, 'passphrase')
    await writeFile(file, `${passphrase}\n`, { mode: 0o600 })
    made.env['HOLDFAST_PASSPHRASE_FILE'] = file
    await mkdir(made.data, { mode: 0o700 })
    const log = { write: () => undefined }
    const vault = await Vault.open({
      file: join(made.data, 'vault.json'),
      log,
      cost: { N: 2 ** 8, r: 8, p: 1 },
    })
    await vault.setPassphrase(new Secret(passphrase), null)
    return made
  }

  get data(): string {
    return join(this.folder, 'data')
  }

  get backups(): string {
    return join(this.folder, 'backups')
  }

  start(args: readonly string[], { input = '' }: { readonly input?: string } = {}): Running {
    const child = spawn(process.execPath, [program, ...args], {
      env: this.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    const outputs = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    const ended = outputs.then(([stdout, stderr]) => ({ code: child.exitCode, stdout, stderr }))
    return { child, ended }
  }

  run(args: readonly string[], options: { readonly input?: string } = {}): Promise<Ended> {
    return this.start(args, options).ended
  }

  /** Runs a command that must succeed and parses its one JSON document. */
  async json(args: readonly string[]): Promise<unknown> {
    const { code, stdout, stderr } = await this.run(['--json', ...args])
    if (code !== 0)
      throw new Error(`holdfast ${args.join(' ')} exited with ${String(code)}: ${stdout}${stderr}`)
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}
