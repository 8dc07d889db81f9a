import { collectAlone, type Collected, type Subject } from '../../electron/core/collectors/conformance.ts'
import { mailCollector } from '../../electron/core/collectors/mail.ts'
import type { SourceMailbox } from '../../shared/model/source.ts'
import { actDuring } from './act-during.ts'
import { startHost, type LabHost } from './lab.ts'
import { logIn } from './login.ts'
import { labAccount, openArchive } from './tree.ts'

export interface MailRun extends Omit<Partial<Subject>, 'source'> {
  /** See `actDuring`. */
  readonly during?: readonly [script: string, action: () => Promise<unknown>]
}

/** A lab server on which mailboxes come and go, and are collected as alice's. */
export class MailLab implements AsyncDisposable {
  readonly host: LabHost
  #boxes = 0

  static async start(): Promise<MailLab> {
    return new MailLab(
      await startHost({ layer: 'seeded', without: ['mariadb', 'postgres', 'dovecot', 'cron'] }),
    )
  }

  constructor(host: LabHost) {
    this.host = host
  }

  /**
   * A new mailbox of `box.test`, outside of all homes; `fill` runs in its folder as its owner. `below`: its mail lies
   * in that folder of its own one.
   */
  async mailbox(
    fill: string,
    { uid = 5000, below = '' }: { readonly uid?: number; readonly below?: string } = {},
  ): Promise<SourceMailbox> {
    this.#boxes += 1
    const [domain, name] = ['box.test', `b${this.#boxes}`]
    const path = `/var/vmail/${domain}/${name}${below}`
    const script = fill.replaceAll("'", "'\\''")
    await this.host
      .exec(`mkdir -p ${path} && chown ${uid}:${uid} /var/vmail/${domain}/${name} ${path} && cd ${path} &&
      exec setpriv --reuid ${uid} --regid ${uid} --clear-groups sh -c '${script}'`)
    return { domain, name, path, uid, gid: uid, insideHome: false, evidence: [] }
  }

  async collect(mailboxes: readonly SourceMailbox[], { during, ...rest }: MailRun = {}): Promise<Collected> {
    await using login = await logIn(this.host, 'root')
    const shell = during === undefined ? login.shell : actDuring(login.shell, ...during)
    const source = labAccount({ name: 'alice', mailboxes: [...mailboxes] })
    return await collectAlone(mailCollector, { ...login, shell, source, ...rest })
  }

  /** What a command prints on the server. */
  async output(command: string): Promise<string> {
    return (await this.host.exec(command)).stdout
  }

  /** Opens an archive on the server with plain tar, and returns where the mailboxes of `box.test` are. */
  async opened({ archive }: Pick<Collected, 'archive'>): Promise<string> {
    return `${await openArchive(this.host, archive)}/mail/box.test`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.host[Symbol.asyncDispose]()
  }
}

/** What a run warns of, as `CODE PATH`, sorted. */
export function warnedOf({ warnings }: Collected): string[] {
  return warnings.map(({ code, path }) => `${code} ${path}`).sort()
}

/** What the manifest says of each mailbox. */
export function mailboxDetails({ components }: Collected): Readonly<Record<string, unknown>>[] {
  return components.flatMap(({ detail }) => detail['mailboxes'] as readonly Record<string, unknown>[])
}
