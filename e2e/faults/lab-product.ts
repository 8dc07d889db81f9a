import { readdir } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { Holdfast, type Running } from '../cli/holdfast.ts'
import { startHost, type HostOptions, type LabHost, type Service } from '../lab/lab.ts'
import { leftoversOn } from '../lab/tree.ts'

/** What makes a server one that has a service, though it is off: a backup must not be whole without that. */
const traces: Readonly<Record<Service, string>> = {
  mariadb: '/usr/sbin/mariadbd /usr/sbin/mysqld /var/lib/mysql/mysql',
  postgres: '/usr/lib/postgresql /var/lib/postgresql',
  dovecot: '/usr/bin/doveadm',
  cron: '',
}

/** A backup as `holdfast backups` lists it. */
export interface ListedBackup {
  readonly id: string
  readonly source: string
  readonly result: string
  readonly copies: readonly { readonly path: string }[]
}

/** A job as `holdfast jobs` lists it, the newest first. */
export interface ListedJob {
  readonly id: string
  readonly state: string
  readonly error: { readonly code: string } | null
}

/**
 * The real program, and a lab server that it knows as `lab`, with root's login. Its home is its own, so that no
 * known_hosts of this computer has a say.
 */
export class LabProduct implements AsyncDisposable {
  readonly host: LabHost
  readonly holdfast: Holdfast

  private constructor(host: LabHost, holdfast: Holdfast) {
    this.host = host
    this.holdfast = holdfast
  }

  /** `prepare` runs on the server as root, before Holdfast looks at it. `made`: how the program is set up. What it is to be without is not installed. */
  static async start(
    options: HostOptions,
    prepare: string,
    made: () => Promise<Holdfast> = () => Holdfast.create(),
  ): Promise<LabProduct> {
    const [host, holdfast] = await Promise.all([startHost(options), made()])
    holdfast.env['HOME'] = holdfast.folder
    const product = new LabProduct(host, holdfast)
    await host.exec(`rm -rf ${(options.without ?? []).map((service) => traces[service]).join(' ')}`)
    await host.exec(prepare)
    const [key] = await host.hostKeys()
    const login = ['--host', host.ip, '--user', 'root', '--key', host.key]
    await holdfast.json(['server', 'add', 'lab', ...login, '--accept-host-key', key!.fingerprint])
    return product
  }

  async backups(): Promise<readonly ListedBackup[]> {
    return ((await this.holdfast.json(['backups'])) as { backups: ListedBackup[] }).backups
  }

  async newestJob(): Promise<ListedJob | undefined> {
    return ((await this.holdfast.json(['jobs'])) as { jobs: ListedJob[] }).jobs[0]
  }

  /** Files below the backup folder that belong to the source, half-done ones included. */
  async stored(source: string): Promise<readonly string[]> {
    const names = await readdir(this.holdfast.backups, { recursive: true }).catch(() => [])
    return names.filter((name) => name.includes(`${source}_`)).sort()
  }

  /** Starts a backup and resolves when its JSON events match; rejects where it ends before. */
  backupUntil(event: RegExp, ...args: readonly string[]): Promise<Running> {
    return this.until(event, 'backup', ...args)
  }

  /** The same with any command. */
  async until(event: RegExp, ...args: readonly string[]): Promise<Running> {
    const running = this.holdfast.start(['--json', ...args])
    await new Promise<void>((resolve, reject) => {
      let seen = ''
      running.child.stdout.on('data', (chunk: Buffer) => {
        seen += chunk.toString()
        if (event.test(seen)) resolve()
      })
      running.child.once('close', () => reject(new Error(`It ended before: ${seen.slice(-2000)}`)))
    })
    return running
  }

  /** What our runs left on the server, after at most ten seconds in which it may go. */
  async leftovers(): Promise<readonly string[]> {
    for (let tries = 0; tries < 50; tries += 1) {
      if ((await leftoversOn(this.host)).length === 0) return []
      await sleep(200)
    }
    return leftoversOn(this.host)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.holdfast[Symbol.asyncDispose]()
    await this.host[Symbol.asyncDispose]()
  }
}
