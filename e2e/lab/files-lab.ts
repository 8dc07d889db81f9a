import { setTimeout as sleep } from 'node:timers/promises'
import { collectAlone, type Collected, type Subject } from '../../electron/core/collectors/conformance.ts'
import { filesCollector } from '../../electron/core/collectors/files.ts'
import type { RemoteShell } from '../../electron/core/remote/shell.ts'
import type { Survey } from '../../shared/model/server.ts'
import type { AccountSource } from '../../shared/model/source.ts'
import { actDuring } from './act-during.ts'
import { startHost, type LabHost } from './lab.ts'
import { logIn } from './login.ts'
import { labAccount, openArchive } from './tree.ts'

export interface FilesRun extends Omit<Partial<Subject>, 'source' | 'survey'> {
  readonly survey?: Partial<Survey>
  /** Who logs in; root without. */
  readonly user?: string
  /** See `actDuring`. */
  readonly during?: readonly [script: string, action: () => Promise<unknown>, root?: string]
  /** Runs each time that the account's files are read, before they can be read to their end. */
  readonly always?: () => Promise<unknown>
}

/** A file that is more than all buffers between the server and here can hold: made in the working folder. */
export const bigFile = 'head -c 40M /dev/urandom >big'

/** Acts in the middle of every reading of the account's files, the later ones of single files included. */
function actAlways(shell: RemoteShell, action: () => Promise<unknown>): RemoteShell {
  return {
    privilege: shell.privilege,
    loginUser: shell.loginUser,
    get hurried() {
      return actAlways(shell.hurried, action)
    },
    run: (script, options) => shell.run(script, options),
    start: (script, options) => {
      const reads = script === 'files-tar' || script === 'files-reread'
      return (reads ? actDuring(shell, script, action) : shell).start(script, options)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** A lab server on which accounts come and go, and their files are collected. */
export class FilesLab implements AsyncDisposable {
  readonly host: LabHost
  #accounts = 0
  #programs = 0

  static async start(): Promise<FilesLab> {
    return new FilesLab(
      await startHost({ layer: 'seeded', without: ['mariadb', 'postgres', 'dovecot', 'cron'] }),
    )
  }

  constructor(host: LabHost) {
    this.host = host
  }

  /** A new account, and what its home holds: `fill` runs in there as the account, `asRoot` as root. */
  async account(fill: string, asRoot = ''): Promise<AccountSource> {
    this.#accounts += 1
    const name = `user${this.#accounts}`
    const uid = 3000 + this.#accounts
    await this.host.exec(`useradd -M -u ${uid} -s /usr/sbin/nologin ${name}
      install -d -m 750 -o ${name} -g ${name} /home/${name}`)
    await this.host.exec(`cd /home/${name} && ${fill}`, { user: name })
    await this.host.exec(`cd /home/${name}\n${asRoot}`)
    return labAccount({ name, uid, gid: uid })
  }

  async collect(
    source: AccountSource,
    { user = 'root', during, always, ...rest }: FilesRun = {},
  ): Promise<Collected> {
    await using login = await logIn(this.host, user)
    let { shell } = login
    if (during !== undefined) shell = actDuring(shell, ...during)
    if (always !== undefined) shell = actAlways(shell, always)
    const survey = { ...login.survey, ...rest.survey }
    return await collectAlone(filesCollector, { ...login, shell, source, ...rest, survey })
  }

  /** Opens an archive on the server with plain tar, and returns where the files of the home are. */
  async open({ archive }: Collected): Promise<string> {
    return `${await openArchive(this.host, archive)}/files`
  }

  async output(command: string): Promise<string> {
    return (await this.host.exec(command)).stdout
  }

  /** Runs a program on the server that ends when the file `stop` is there, which disposing makes. */
  async during(command: (stop: string) => string, user = 'root'): Promise<AsyncDisposable> {
    this.#programs += 1
    const stop = `/var/tmp/stop-${this.#programs}`
    const running = this.host.exec(command(stop), { user, anyCode: true })
    await sleep(100)
    return {
      [Symbol.asyncDispose]: async () => {
        await this.host.exec(`touch ${stop}`)
        await running
      },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]()
  }
}

/** The warnings of a run as `CODE PATH`, sorted. */
export function named({ warnings }: Collected): string[] {
  return warnings.map(({ code, path }) => `${code} ${path}`).sort()
}
