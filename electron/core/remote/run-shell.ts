import { randomBytes } from 'node:crypto'
import { AppError, throwIfCancelled } from '../../../shared/errors.ts'
import type { Elevation, WireCodec } from '../../../shared/model/server.ts'
import type { Clock } from '../ports.ts'
import { Secret } from '../secrets/secret.ts'
import { composeScript } from './compose.ts'
import type { Connection, RemoteCommand } from './connection.ts'
import { readScript } from './script-files.ts'
import { sendScript } from './script-run.ts'
import type { Patience } from './script-run.ts'
import type { UplinkCodec } from './script-input.ts'
import type { RemoteShell, ScriptEnd, ScriptName, ScriptOptions, ScriptRun } from './shell.ts'
import type { Throttle } from '../throttle.ts'

const DEFAULT_LIMIT = 64 * 1024 * 1024
const patience: Patience = { heartbeat: 15_000, start: 60_000, silence: 15 * 60_000 }
/** Signs of life that may go missing before the server ends a run. */
const BEATS = 4

export interface ShellOptions {
  /** Stays the caller's; it must outlive the shell. */
  readonly connection: Connection
  readonly elevation: Elevation
  /** Needed where `elevation` is `sudo-password`. */
  readonly sudoPassword: Secret | null
  readonly clock: Clock
  /** Shared by all shells of one server, or null for no limit. */
  readonly throttle: Throttle | null
  readonly signal: AbortSignal
  /** What `hf_codec` may use, best first. Default: everything. */
  readonly codecs?: readonly WireCodec[]
  /** What input may be compressed with on its way, best first; none on a fast link. Default: everything. */
  readonly uplink?: readonly UplinkCodec[]
  /** The most that one piece of input has; default 256 KiB, as a slow line wants it. */
  readonly frameBytes?: number | undefined
  /** Default 3, the best size for its time; 1 where the link is faster than the server's compression. */
  readonly zstdLevel?: number
  readonly patience?: Partial<Patience>
  /** Whether scripts run with the login's priority, not with the lowest. Default: no. */
  readonly isHurried?: boolean
  /** The text of a script by its name. Default: the files in `scripts/`. */
  readonly scripts?: (name: ScriptName) => Promise<string>
}

/**
 * Finds out what scripts can run as and returns the shell. Throws `remote-failed` where the login gives no usable
 * shell, `auth-failed` where sudo refuses the password, `permission-denied` where sudo does not allow root,
 * `tool-missing` where there is no sudo, and what the connection throws.
 */
export async function openShell(options: ShellOptions): Promise<RemoteShell> {
  const { signal } = options
  const first = { ...options, scripts: readScript, means: null }
  const { facts } = await new SshShell(first, 'user', '', 'login').run('whoami', { signal })
  const user = facts.get('user') ?? ''
  const known = { ...options, means: meansOf(facts) }
  if (facts.get('uid') === '0') return new SshShell(known, 'root', user, 'login')
  if (options.elevation === 'none') return new SshShell(known, 'user', user, 'login')
  const elevated = await new SshShell(first, 'sudo', user, options.elevation).run('whoami', { signal })
  if (elevated.facts.get('uid') !== '0') {
    throw new AppError(
      'permission-denied',
      'sudo on this server does not lead to root, so nothing was read or changed. Allow root in sudoers.',
    )
  }
  return new SshShell({ ...options, means: meansOf(elevated.facts) }, 'sudo', user, options.elevation)
}

/** What `whoami` says of the programs that scripts use often. */
function meansOf(facts: ReadonlyMap<string, string>): readonly string[] {
  return [...facts.keys()].flatMap((name) => (name.startsWith('can.') ? [name.slice('can.'.length)] : []))
}

/** `means`: the programs that work as `hf_can` in the prologue wants them, or null where nobody has looked yet. */
type OpenedOptions = ShellOptions & { readonly means: readonly string[] | null }

class SshShell implements RemoteShell {
  readonly privilege: RemoteShell['privilege']
  readonly loginUser: string
  readonly #options: OpenedOptions
  readonly #elevated: RemoteCommand
  readonly #closed: AbortController
  #hurried: RemoteShell | null = null

  constructor(
    options: OpenedOptions,
    privilege: RemoteShell['privilege'],
    loginUser: string,
    elevated: RemoteCommand,
    closed = new AbortController(),
  ) {
    this.#options = options
    this.privilege = privilege
    this.loginUser = loginUser
    this.#elevated = elevated
    this.#closed = closed
  }

  async start(script: ScriptName, options: ScriptOptions): Promise<ScriptRun> {
    const { connection, clock, throttle, sudoPassword } = this.#options
    const signal = AbortSignal.any([options.signal, connection.lost, this.#closed.signal])
    throwIfCancelled(signal)
    const command = options.as === 'login' ? 'login' : this.#elevated
    if (command === 'sudo-password' && !sudoPassword) {
      throw new AppError('auth-failed', 'sudo needs a password on this server and none is stored. Enter it.')
    }
    const nonce = randomBytes(16).toString('hex')
    const limits = { ...patience, ...this.#options.patience }
    const text = composeScript({
      prologue: await readScript('prologue'),
      body: await (this.#options.scripts ?? readScript)(script),
      settings: {
        hf_nonce: nonce,
        hf_run: randomBytes(16).toString('hex'),
        hf_silence: Math.ceil((limits.heartbeat * BEATS) / 1000),
        hf_codecs: (this.#options.codecs ?? ['zstd', 'pigz', 'gzip']).join(' '),
        hf_level: this.#options.zstdLevel ?? 3,
        hf_hurried: this.#options.isHurried === true ? 1 : 0,
        hf_can: this.#options.means?.join(' ') ?? '?',
        hf_uplink:
          options.input === undefined ? '' : (this.#options.uplink ?? ['zstd', 'gzip']).join(' ') || 'none',
      },
      values: options.values ?? {},
      args: options.args ?? [],
    })
    const values = [sudoPassword, ...Object.values(options.values ?? {})]
    return sendScript(await connection.exec(command, { signal }), {
      script,
      command,
      text,
      nonce,
      password: sudoPassword,
      secrets: values.filter((value) => value instanceof Secret),
      clock,
      patience: limits,
      throttle,
      input: options.input ?? null,
      frameBytes: this.#options.frameBytes,
      talks: options.talks ?? false,
      signal,
    })
  }

  async run(
    script: ScriptName,
    options: ScriptOptions & { readonly limit?: number },
  ): Promise<ScriptEnd & { readonly output: Buffer }> {
    const limit = options.limit ?? DEFAULT_LIMIT
    const running = await this.start(script, options)
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of running.output) {
      chunks.push(chunk as Buffer)
      length += (chunk as Buffer).length
      if (length > limit) {
        throw new AppError(
          'remote-failed',
          `The script ${script} printed more than ${limit} bytes, so it was stopped and its output not used.`,
          { details: { script, limit } },
        )
      }
    }
    return { ...(await running.end), output: Buffer.concat(chunks) }
  }

  get hurried(): RemoteShell {
    this.#hurried ??= new SshShell(
      { ...this.#options, isHurried: true },
      this.privilege,
      this.loginUser,
      this.#elevated,
      this.#closed,
    )
    return this.#hurried
  }

  /** Ends every script that still runs. The connection stays open. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new AppError('cancelled', 'The shell on the server was closed.'))
    return Promise.resolve()
  }
}
