import { createHash } from 'node:crypto'
import { join } from 'node:path'

import { type Outcome, run, type RunOptions } from './run.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Why there is no server of a kind; null where there is one. Its tests skip themselves. */
    s3Misses: string | null
    proftpdMisses: string | null
  }
}

/** Services of a server that a test can do without, for a faster start. */
export type Service = 'mariadb' | 'postgres' | 'dovecot' | 'cron'

/** A long line, the same both ways. */
export interface Line {
  readonly delayMs: number
  readonly rateMbit: number
  readonly lossPercent: number
}

/** Servers that are not the usual Debian. */
export type Kind = 's3' | 'proftpd'

export interface HostOptions {
  /**
   * `s3`: Ceph's gateway, key LABKEY, secret labsecret; http on port 7480, https on 7443. It has no SSH. `proftpd`: SFTP by
   * ProFTPD, for user backup1 with the lab's key, who may write into `upload`.
   */
  readonly kind?: Kind
  /** A folder of `layers/`: what is on the server. Without: a fresh Debian 12. `seeded` is described in docs/LAB.md. */
  readonly layer?: string
  readonly without?: readonly Service[]
  /** Puts the server at the end of a long line, which `wan()` changes later. */
  readonly wan?: Line
  /** Free space of its disk, which then is memory: `150m`. Without: as much as the machine has. */
  readonly disk?: string
  /** Its host name; without: one that no other server of this process has. */
  readonly name?: string
}

export interface HostKey {
  /** As in the key file: `ssh-ed25519`, `ecdsa-sha2-nistp256`. */
  readonly type: string
  /** `SHA256:…` without padding, as ssh-keygen prints it. */
  readonly fingerprint: string
  /** Type and base64, as in a known_hosts line. */
  readonly line: string
}

export interface ExecOptions extends Pick<RunOptions, 'input' | 'signal'> {
  /** Whose command it is; root without. */
  readonly user?: string
  /** Resolve whatever the exit code is. */
  readonly anyCode?: boolean
}

/** A running server. Disposing of it throws its disk away. */
export interface LabHost extends AsyncDisposable {
  readonly name: string
  readonly ip: string
  /** Path of the authority's certificate that vouches for a server of kind `s3`. */
  readonly authority: string
  /** Path of the private key that logs in as root and as every account of `seeded` that has a shell. */
  readonly key: string
  /** Runs `sh -c command` inside, not over SSH. Rejects when the exit code is not 0, unless `anyCode`. */
  exec(command: string, options?: ExecOptions): Promise<Outcome>
  /** Pulls the cable: no packet goes through, and nobody is told. Or plugs it in again. */
  link(state: 'up' | 'down'): Promise<void>
  /** Caps the rate both ways, as tc writes it (`100mbit`, `64kbit`), or no longer. */
  slow(rate: string): Promise<void>
  /** Changes the line of a server that was started with `wan`; counts within 0.1 s. */
  wan(line: Line): Promise<void>
  /** Power fails: no goodbye on the network, no process ends well. `start()` brings it back with its disk. */
  kill(): Promise<void>
  /** Every service ends well. `start()` brings it back with its disk. */
  stop(): Promise<void>
  start(): Promise<void>
  /** The host keys, read from inside: what a client must see. */
  hostKeys(): Promise<readonly HostKey[]>
}

/** What is made once is kept here. */
export const labFolder = process.env['HOLDFAST_LAB_DIR'] ?? '/var/cache/holdfast-lab'
let slot: Promise<string> | undefined
let started = 0

/** Runs host.sh; the exit code is for the caller to look at. */
async function callHostScript(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return run(join(import.meta.dirname, 'host.sh'), args, options)
}

async function hostScript(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const outcome = await callHostScript(args, options)
  if (outcome.code !== 0) {
    throw new Error(
      `host.sh ${args.join(' ')} ended with ${outcome.code}: ${outcome.stderr}${outcome.stdout}`,
    )
  }
  return outcome.stdout.trim()
}

/** Builds, where they are missing, the base and the given layers. */
export async function prepareLab(layers: readonly string[]): Promise<void> {
  const env = { HOLDFAST_LAB_SLOT: await claimSlot() }
  for (const layer of layers) await hostScript(['layer', layer], { env })
}

/** Why there can be no server of a kind here, after trying to build what it needs; null where there can. */
export async function whatKindMisses(kind: Kind): Promise<string | null> {
  const outcome = await callHostScript(['base', kind])
  return outcome.code === 0 ? null : (outcome.stderr.trim().split('\n').at(-1) ?? 'it could not be built')
}

/** Removes the servers of processes that are gone. */
export async function sweepLab(): Promise<void> {
  await hostScript(['sweep'])
}

/** This process's own bridge and network; they go at the first claim or sweep after its end. */
function claimSlot(): Promise<string> {
  slot ??= hostScript(['claim', String(process.pid)])
  return slot
}

function formatLine(line: Line): string {
  return `${line.delayMs} ${line.rateMbit} ${line.lossPercent}`
}

function parseHostKey(publicKeyFile: string): HostKey {
  const [type = '', base64 = ''] = publicKeyFile.split(' ')
  const digest = createHash('sha256').update(Buffer.from(base64, 'base64')).digest('base64')
  return { type, fingerprint: `SHA256:${digest.replace(/=+$/, '')}`, line: `${type} ${base64}` }
}

/**
 * Starts a server: up, with its services answering, in about half a second. The first server of a layer that was
 * never built, or has changed, waits until it is built.
 */
export async function startHost(options: HostOptions = {}): Promise<LabHost> {
  started += 1
  const name = options.name ?? `h${started}`
  const env = { HOLDFAST_LAB_SLOT: await claimSlot() }
  const settings = [
    ...(options.without ?? []).flatMap((service) => ['--without', service]),
    ...(options.wan ? ['--wan', formatLine(options.wan)] : []),
  ]
  const first = [
    ...(options.layer === undefined ? [] : ['--layer', options.layer]),
    ...(options.disk === undefined ? [] : ['--disk', options.disk]),
    ...(options.kind === undefined ? [] : ['--kind', options.kind]),
  ]
  const up = await hostScript(['up', name, ...first, ...settings], { env })
  const ip = up.split(' ').at(-1)!

  const exec: LabHost['exec'] = async (command, { user, anyCode = false, ...rest } = {}) => {
    const as = user === undefined ? [] : ['runuser', '-u', user, '--']
    const outcome = await callHostScript(['exec', name, ...as, 'sh', '-c', command], { ...rest, env })
    if (outcome.code !== 0 && !anyCode) {
      throw new Error(`on ${name}, "${command}" ended with ${outcome.code}: ${outcome.stderr}`)
    }
    return outcome
  }
  const act = async (...args: string[]): Promise<void> => {
    await hostScript(args, { env })
  }

  return {
    name,
    ip,
    key: join(labFolder, 'id_ed25519'),
    authority: join(labFolder, 'hosts', env.HOLDFAST_LAB_SLOT, name, 'tls', 'ca.pem'),
    exec,
    link: (state) => act('link', name, state),
    slow: (rate) => act('slow', name, rate),
    wan: (line) => act('wan', name, formatLine(line)),
    kill: () => act('down', name, '--kill', '--keep'),
    stop: () => act('down', name, '--keep'),
    start: () => act('up', name, ...settings),
    async hostKeys() {
      const { stdout } = await exec('cat /etc/ssh/ssh_host_*_key.pub')
      return stdout.trim().split('\n').map(parseHostKey)
    },
    [Symbol.asyncDispose]: () => act('down', name, '--kill'),
  }
}
