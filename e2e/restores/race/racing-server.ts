import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { archiveFiles } from '../../faults/archive-files.ts'
import { LabProduct } from '../../faults/lab-product.ts'
import { describeTree } from '../../lab/tree.ts'

/** Stands in files that the racing tenants may not read. */
const secret = 'not for the racing tenants'

/** The home of eve is an ordinary one, that of mia a mount, so that restores work in it, as mia. */
export const tenants = ['eve', 'mia'] as const
export type Tenant = (typeof tenants)[number]

/** Where a tenant keeps what it swaps in: on the file system of its home. */
const traps: Readonly<Record<Tenant, string>> = { eve: '/var/tmp/eve', mia: '/home/mia/.traps' }

const home = `mkdir -p public_html/wp-content/uploads data/a/b/c bin app/current many notes
  for file in public_html/index.php public_html/wp-content/style.css data/a/one data/a/b/two app/current/run; do
    echo "$file" >$file
  done
  head -c 100000 /dev/urandom >public_html/wp-content/uploads/pic
  for number in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $number >many/$number; cp /bin/true bin/tool$number; done
  cp /bin/true bin/tool; echo open >notes/open; echo deep >data/a/b/c/deep; ln -s app/current/run run`

/** Root's files, another tenant's, and one of root's that everybody may write and so give another name. */
const victims = ['/etc/victim', '/root/victim', '/home/vic', '/tmp/victim', '/tmp/open']

const prepare = `for each in eve vic; do useradd -m -s /bin/bash $each; done
  mkdir /home/mia; mount -t tmpfs -o mode=755 tmpfs /home/mia; useradd -M -d /home/mia -s /bin/bash mia
  mkdir -m 700 /root/victim; mkdir /etc/victim /tmp/victim /home/vic/public_html
  for each in /etc/victim /root/victim /tmp/victim /home/vic/public_html; do
    echo '${secret}' >$each/index.php; cp /bin/true $each/tool; mkdir $each/uploads; echo kept >$each/uploads/pic
    chmod 600 $each/index.php
  done
  chown -R vic: /home/vic; chmod 711 /home/vic; echo open >/tmp/open; chmod 666 /tmp/open; mkdir -m 700 /var/tmp/eve; chown eve: /var/tmp/eve
  for each in eve mia; do
    (cd /home/$each && ${home}
      chown -Rh $each: .; chmod 4755 bin/*; setfacl -m u:vic:r notes/open; setfattr -n user.note -v x notes/open)
  done
  chown vic: /home/eve/app/current/run`

/** Paths that a login, a script or a rename beside a home changes, and no more of them. */
const expected = [
  /^\/(home|run|tmp|var\/tmp|root)$/,
  /^\/home\/(eve|mia)$/,
  // Tenants may give it another name, and take that away, which only its change time tells; all else of it is compared.
  /^\/tmp\/open$/,
  /^\/run\/racer-[a-z]+-[a-z]+(\.pid)?$/,
  /^\/run\/\.holdfast-[0-9a-f]{16}-\d+\.lock$/,
  /^\/var\/log\/(lastlog|wtmp|btmp|auth\.log|faillog)$/,
  /^\/(var\/)?run\/(utmp|motd\.dynamic)$/,
]

/** The tenants' own: what they do there is not judged. */
const own = '-path /home/eve -o -path /home/mia -o -path /var/tmp/eve'

/** A server with tenants who race, and what of it is to stay as it is. */
export class RacingServer implements AsyncDisposable {
  readonly lab: LabProduct
  readonly #original = new Map<Tenant, ReadonlyMap<string, string>>()
  #canaries = ''

  private constructor(lab: LabProduct) {
    this.lab = lab
  }

  static async start(): Promise<RacingServer> {
    const lab = await LabProduct.start({ without: ['mariadb', 'postgres', 'dovecot', 'cron'] }, prepare)
    const server = new RacingServer(lab)
    await lab.host.exec('tee /opt/racer.py', { input: await readFile(join(import.meta.dirname, 'racer.py')) })
    for (const tenant of tenants) {
      await lab.holdfast.json(['backup', `lab/${tenant}`, '--scope', 'files', '--exclude', '.traps'])
      server.#original.set(tenant, await server.homeOf(tenant))
    }
    await server.renew(':')
    return server
  }

  /** Runs the command as root; from then on what lies outside of the homes is to stay as it is. */
  async renew(command: string): Promise<void> {
    await this.lab.host.exec(command)
    this.#canaries = await this.#seen()
    await this.lab.host.exec('sleep 0.1; touch /root/mark; sleep 0.1')
  }

  homeOf(tenant: Tenant): Promise<ReadonlyMap<string, string>> {
    return describeTree(this.lab.host, `/home/${tenant}`, '-path ./.traps')
  }

  /** The home of a tenant as it was when it was backed up. */
  originalOf(tenant: Tenant): ReadonlyMap<string, string> {
    return this.#original.get(tenant) ?? new Map()
  }

  /** Begins to race. */
  async race(tenant: Tenant, modes: readonly string[], when: 'always' | 'staged'): Promise<void> {
    for (const mode of modes) {
      const racer = `python3 /opt/racer.py ${mode} ${when} /home/${tenant} ${traps[tenant]}`
      await this.lab.host.exec(
        `setsid setpriv --reuid ${tenant} --regid ${tenant} --init-groups ${racer} >/run/racer-${tenant}-${mode} 2>&1 & echo $! >/run/racer-${tenant}-${mode}.pid`,
      )
    }
  }

  /** Ends all races, takes their traps away, and returns what the racers counted, summed up by its name. */
  async endRaces(): Promise<Readonly<Record<string, number>>> {
    const { stdout } = await this.lab.host
      .exec(`for each in /run/racer-*.pid; do kill -s TERM -- -$(cat $each) || :; done
      for each in /run/racer-*.pid; do while kill -s 0 -- -$(cat $each) 2>/dev/null; do sleep 0.1; done; done
      cat $(ls /run/racer-* | grep -v pid); rm -f /run/racer-*; rm -rf /var/tmp/eve/* /home/mia/.traps`)
    const counts: Record<string, number> = {}
    for (const line of stdout.trim().split('\n')) {
      const [, word = '', count] = /^(\w+) (\d+)$/.exec(line) ?? []
      if (count === undefined) throw new Error(`A racer failed: ${stdout}`)
      counts[word] = (counts[word] ?? 0) + Number(count)
    }
    return counts
  }

  /** Every entry of the victims: all that stat tells but times of access and change, content, ACLs, attributes. */
  async #seen(): Promise<string> {
    const { stdout } = await this.lab.host.exec(`for each in ${victims.join(' ')}; do
      find $each -printf '%p %y %m %U:%G %T@ %s %n %l\\n'; find $each -type f -exec sha256sum {} +
      getfacl -Rp $each; getfattr -Rhdm - $each; done | sort`)
    return stdout
  }

  /**
   * What happened outside of the homes that should not: paths that changed since the server was ready, victims that
   * are not what they were, secrets that a tenant or a backup of one has now.
   */
  async escapes(): Promise<readonly string[]> {
    const { stdout } = await this.lab.host.exec(
      `cut -d ' ' -f 5 /proc/self/mountinfo | sort -u | grep -v '^/\\(proc\\|sys\\|dev\\)\\(/\\|$\\)' | while read -r each; do
        find "$each" -xdev \\( ${own} \\) -prune -printf '%p\\0' -o -cnewer /root/mark -printf '%p\\0'; done
      grep -rlZ '${secret}' /home/eve /home/mia /var/tmp/eve || :`,
    )
    const found = [...new Set(stdout.split('\0').slice(0, -1))].filter(
      (path) => path !== '/var/tmp/eve' && !expected.some((each) => each.test(path)),
    )
    const changed = (await this.#seen()) === this.#canaries ? [] : ['the victims are not what they were']
    const read = (await this.lab.backups())
      .flatMap(({ copies }) => copies)
      .filter(({ path }) => [...archiveFiles(path).values()].some((content) => content.includes(secret)))
    return [...found, ...changed, ...read.map(({ path }) => path)]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lab.host.exec('for each in /run/racer-*.pid; do kill -s KILL -- -$(cat $each); done', {
      anyCode: true,
    })
    await this.lab[Symbol.asyncDispose]()
  }
}
