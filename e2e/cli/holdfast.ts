import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'

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
      HOLDFAST_DATA: join(folder, 'data'),
      HOLDFAST_BACKUPS: join(folder, 'backups'),
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere',
    }
  }

  static async create(): Promise<Holdfast> {
    return new Holdfast(await mkdtemp(join(tmpdir(), 'holdfast-cli-')))
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
