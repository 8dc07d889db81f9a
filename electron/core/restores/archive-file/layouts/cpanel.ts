import { cpanelGrants, cpanelAuth } from '../database-logins.ts'
import { type Decision, type Layout, type LayoutSign, type Place, structure, unknown } from './layout.ts'
import { configFile, crontab, dumpFile, homeFile, isMaildirFolder, mailFile, stemOf } from './parts.ts'

/**
 * `cpmove-U` and `backup-…_U` of cPanel's pkgacct: one top folder, the home in `homedir/` or `homedir.tar`, dumps in
 * `mysql/` and `psql/`. Layout after the importers of other panels and cPanel's documentation of pkgacct.
 */
export const cpanelSign: LayoutSign = {
  kind: 'cpanel',
  mark([first, second, third]) {
    if (first === 'cp' && second !== undefined && third === undefined) return 'cp/USER'
    if (first === 'userdata' && second === 'main') return 'userdata/main'
    if (first === 'homedir' || (first === 'homedir.tar' && second === undefined)) return 'homedir'
    if (first === 'mysql' && second?.endsWith('.create') === true) return 'mysql/DB.create'
    const files = [
      'mysql.sql',
      'mysql.sql-auth.json',
      'homedir_paths',
      'digestshadow',
      'proftpdpasswd',
      'sds2',
    ]
    return second === undefined && first !== undefined && files.includes(first) ? first : null
  },
  clue: () => false,
  suffices: (marks) =>
    marks.has('cp/USER')
      ? marks.size > 1
      : marks.has('homedir')
        ? marks.size > 1
        : marks.has('userdata/main'),
  layout: ({ marks, top }) =>
    new CpanelLayout(marks.get('cp/USER')?.slice(3) ?? userOfFolder(top), [...marks.keys()]),
}

function userOfFolder(top: string | null): string | null {
  return /^(?:cpmove-|backup-[^_]*_[^_]*_)([a-z0-9_]+)$/.exec(top ?? '')?.[1] ?? null
}

/** Where a folder of the archive lies on the server, as far as it is known; `U` stands for the account. */
const configPlaces: Readonly<Record<string, readonly string[]>> = {
  va: ['etc', 'valiases'],
  vad: ['etc', 'vdomainaliases'],
  vf: ['etc', 'vfilters'],
  dnszones: ['var', 'named'],
  apache_tls: ['var', 'cpanel', 'ssl', 'apache_tls'],
}

class CpanelLayout implements Layout {
  readonly kind = 'cpanel'
  readonly user: string | null
  readonly evidence: readonly string[]

  constructor(user: string | null, marks: readonly string[]) {
    this.user = user
    this.evidence = [`It has ${marks.join(', ')}, as cPanel's pkgacct writes them.`]
  }

  decide({ names, type, inside }: Place): Decision {
    if (inside !== null) return this.#home(names, type, `${inside}!`)
    const [first = '', second, ...rest] = names
    if (first === 'homedir') return this.#home(names.slice(1), type, 'homedir')
    if (first === 'homedir.tar' && names.length === 1 && type === 'file') return { kind: 'open' }
    if (names.length === 1 && type === 'directory') return structure
    if (first === 'mysql' && rest.length === 0 && type === 'file') return this.#dump(second)
    if (first === 'psql' && rest.length === 0 && type === 'file') return this.#postgresqlDump(second)
    if (first === 'cron' && second === this.user && rest.length === 0 && type === 'file') {
      return crontab({
        evidence: 'cron/USER is the crontab in an archive of cPanel.',
        from: `cron/${second}`,
      })
    }
    return this.#config(names) ?? this.#panel(names)
  }

  #home(names: readonly string[], type: Place['type'], home: string): Decision {
    const [first, second, third] = names
    if (first === 'mail') return this.#mail(names.slice(1), type, home)
    if (
      first === 'etc' &&
      third === 'shadow' &&
      names.length === 3 &&
      second !== undefined &&
      type === 'file'
    ) {
      const kept = homeFile(names, { evidence: homeEvidence, from: home })
      if (kept.kind !== 'keep') return kept
      return {
        ...kept,
        learn: (content, hashes) => shadowLines(content, (name, hash) => hashes.mailbox(second, name, hash)),
      }
    }
    return homeFile(names, { evidence: homeEvidence, from: home })
  }

  #mail(names: readonly string[], type: Place['type'], home: string): Decision {
    const [first, second, ...rest] = names
    const from = `${home}/mail`
    if (first === undefined) return structure
    const virtual = !isMaildirFolder(first) && !first.startsWith('.') && first.includes('.')
    if (virtual && type === 'directory' && second === undefined) return structure
    if (virtual && second !== undefined && !first.startsWith('dovecot')) {
      if (rest.length === 0 && type !== 'directory')
        return unknown('It lies beside the mailboxes of a domain.')
      const box = { domain: first, name: second }
      return mailFile(box, rest, {
        evidence: 'homedir/mail/DOMAIN/NAME is a mailbox in an archive of cPanel.',
        from: `${from}/${first}`,
      })
    }
    if (type === 'symlink') return unknown('It is a link among the mailboxes; cPanel makes it again.')
    if (this.user === null)
      return unknown('It belongs to the main mailbox, but the archive does not name its account.')
    const box = { domain: null, name: this.user }
    return mailFile(box, names, { evidence: "homedir/mail itself is the account's main mailbox.", from })
  }

  #dump(file: string | undefined): Decision {
    const database = stemOf(file, '.sql')
    if (database !== null) {
      return dumpFile('mysql', database, 'sql', {
        evidence: 'mysql/DB.sql is a dump in an archive of cPanel.',
        from: `mysql/${file}`,
      })
    }
    if (stemOf(file, '.create') !== null)
      return { kind: 'panel', what: 'CREATE DATABASE statements', group: 'mysql' }
    return unknown('It lies among the dumps, but is none.')
  }

  #postgresqlDump(file: string | undefined): Decision {
    if (file === 'psql_users.sql' || file === 'psql_grants.sql') {
      return { kind: 'panel', what: 'users and grants of PostgreSQL', group: 'psql' }
    }
    for (const ending of ['sql', 'tar', 'dump']) {
      const database = stemOf(file, `.${ending}`)
      if (database === null) continue
      return dumpFile('postgresql', database, ending, {
        evidence: 'psql/DB is a dump of pg_dump in an archive of cPanel.',
        from: `psql/${file}`,
      })
    }
    return unknown('It lies among the dumps, but is none.')
  }

  #config(names: readonly string[]): Decision | null {
    const [first = '', ...rest] = names
    const evidence = "It is the account's configuration in an archive of cPanel."
    if (rest.length === 0) return null
    const place = configPlaces[first]
    if (place !== undefined) return configFile([...place, ...rest], { evidence, from: first })
    if (this.user === null) return null
    if (first === 'userdata')
      return configFile(['var', 'cpanel', 'userdata', this.user, ...rest], { evidence, from: first })
    if (first === 'cp' && rest.length === 1)
      return configFile(['var', 'cpanel', 'users', ...rest], { evidence, from: first })
    return null
  }

  #panel(names: readonly string[]): Decision {
    const [first = ''] = names
    const what = panelParts[first]
    if (what === undefined) return unknown('It is no part of an archive of cPanel that is known here.')
    const { user } = this
    if (names.length > 1) return { kind: 'panel', what, group: first }
    if (first === 'shadow' && user !== null) {
      return {
        kind: 'panel',
        what,
        group: first,
        learn: (content, hashes) => hashes.unix(user, oneHash(content)),
      }
    }
    if (first === 'mysql.sql') return { kind: 'panel', what, group: first, learn: cpanelGrants }
    if (first === 'mysql.sql-auth.json') return { kind: 'panel', what, group: first, learn: cpanelAuth }
    return { kind: 'panel', what, group: first }
  }
}

const homeEvidence = 'homedir is the home directory in an archive of cPanel.'

/** A line of a shadow file, or the hash alone. */
function oneHash(content: Buffer): string {
  const [line = ''] = content.toString().trim().split('\n')
  return line.includes(':') ? (line.split(':')[1] ?? '') : line
}

/** `NAME:HASH:…` a line. */
export function shadowLines(content: Buffer, take: (name: string, hash: string) => void): void {
  for (const line of content.toString().split('\n')) {
    const [name = '', hash = ''] = line.split(':')
    if (name !== '' && hash !== '') take(name, hash)
  }
}

const settings = "the panel's own settings of the account"
const logs = 'statistics, quotas and logs'
const panelParts: Readonly<Record<string, string>> = {
  ...{
    'mysql.sql': 'users and grants of MySQL',
    'mysql.sql-auth.json': 'users and grants of MySQL',
    shadow: "the account's password hash",
  },
  ...{
    digestshadow: "the account's password hash",
    proftpdpasswd: 'FTP accounts',
    mm: 'mailing lists',
    mma: 'mailing lists',
    mms: 'mailing lists',
  },
  ...{
    meta: settings,
    cp: settings,
    userdata: settings,
    userconfig: settings,
    addons: settings,
    pds: settings,
    sds: settings,
    sds2: settings,
  },
  ...{
    shell: settings,
    version: settings,
    homedir_paths: settings,
    has_sslstorage: settings,
    resellerconfig: settings,
    locale: settings,
  },
  ...{
    resellerfeatures: settings,
    resellerpackages: settings,
    suspended: settings,
    suspendinfo: settings,
    team: settings,
    ips: settings,
  },
  ...{
    nobodyfiles: settings,
    interchange: settings,
    counters: settings,
    domainkeys: settings,
    'autossl.json': settings,
    cron: settings,
    bandwidth_db: logs,
  },
  ...{
    sslcerts: 'certificates and keys',
    sslkeys: 'certificates and keys',
    ssl: 'certificates and keys',
    psql: settings,
  },
  ...{
    quota: logs,
    bandwidth: logs,
    logs,
    httpfiles: logs,
    dnssec_keys: 'DNSSEC keys',
    'mysql-timestamps': logs,
    customizations: settings,
  },
}
