import { hestiaDatabase, keyValues } from '../database-logins.ts'
import { shadowLines } from './cpanel.ts'
import { type Decision, type Layout, type LayoutSign, type Place, structure, unknown } from './layout.ts'
import { configFile, crontab, dumpFile, homeFile, mailFile } from './parts.ts'

/**
 * Archives of Hestia and Vesta: a plain tar of compressed tars and dumps. Layout after Hestia's bin/v-backup-user.
 */
export const hestiaSign: LayoutSign = {
  kind: 'hestia',
  mark([first, second, third, fourth]) {
    if ((first === 'hestia' || first === 'vesta') && second === 'user.conf') return `${first}/user.conf`
    if (first === 'pam' && second === 'passwd') return 'pam/passwd'
    if (first === 'web' && isTar(third, 'domain_data') && fourth === undefined)
      return 'web/DOMAIN/domain_data.tar'
    if (first === 'mail' && isTar(third, 'accounts') && fourth === undefined)
      return 'mail/DOMAIN/accounts.tar'
    if (first === 'db' && third === 'hestia' && fourth === 'db.conf') return 'db/DB/hestia/db.conf'
    if (first === 'db' && third === 'vesta' && fourth === 'db.conf') return 'db/DB/vesta/db.conf'
    return first === 'cron' && second === 'cron.conf' ? 'cron/cron.conf' : null
  },
  clue: (names) => names.join('/') === 'pam/passwd',
  suffices: (marks) => marks.size > 1,
  layout({ marks, clues }) {
    const user = clues.get('pam/passwd')?.toString('latin1').split(':')[0] ?? ''
    return new HestiaLayout(/^[a-z0-9_][a-z0-9._-]*$/i.test(user) ? user : null, [...marks.keys()])
  },
}

function isTar(name: string | undefined, stem: string): boolean {
  return name !== undefined && [`${stem}.tar`, `${stem}.tar.gz`, `${stem}.tar.zst`].includes(name)
}

class HestiaLayout implements Layout {
  readonly kind = 'hestia'
  readonly user: string | null
  readonly evidence: readonly string[]

  constructor(user: string | null, marks: readonly string[]) {
    this.user = user
    this.evidence = [`It has ${marks.join(', ')}, as v-backup-user of Hestia and Vesta writes them.`]
  }

  decide({ names, type, inside }: Place): Decision {
    if (inside !== null) return this.#nested(names, type, inside)
    const [first = '', second, third, fourth] = names
    if (type === 'directory' && names.length < 3) return structure
    if (first === 'web' && isTar(third, 'domain_data') && names.length === 3 && type === 'file')
      return { kind: 'open' }
    if (first === 'mail' && isTar(third, 'accounts') && names.length === 3 && type === 'file')
      return { kind: 'open' }
    if (
      first === 'user_dir' &&
      /\.tar(?:\.gz|\.zst)?$/.test(second ?? '') &&
      names.length === 2 &&
      type === 'file'
    ) {
      return { kind: 'open' }
    }
    if (first === 'db' && names.length === 3 && type === 'file') return this.#dump(second, third)
    if (first === 'db' && fourth === 'db.conf') {
      return { kind: 'panel', what: 'users of databases', group: 'db', learn: hestiaDatabase }
    }
    if (first === 'cron' && names.length === 2 && type === 'file') return this.#cron(second)
    return this.#config(names, type) ?? this.#panel(names)
  }

  #nested(names: readonly string[], type: Place['type'], inside: string): Decision {
    const [first, domain] = inside.split('/')
    const from = `${inside}!`
    if (first === 'user_dir')
      return homeFile(names, {
        evidence: 'user_dir/NAME.tar holds folders of the home in an archive of Hestia.',
        from,
      })
    if (first === 'web' && domain !== undefined) {
      return homeFile(['web', domain, ...names], {
        evidence: 'web/DOMAIN/domain_data.tar is the folder web/DOMAIN of the home in an archive of Hestia.',
        from,
      })
    }
    const [box, ...rest] = names
    if (domain === undefined || box === undefined) return structure
    if (rest.length === 0 && type !== 'directory') return unknown('It lies beside the mailboxes of a domain.')
    return mailFile({ domain, name: box }, rest, {
      evidence: 'mail/DOMAIN/accounts.tar holds a folder for each mailbox in an archive of Hestia.',
      from,
    })
  }

  #dump(database: string | undefined, file = ''): Decision {
    const found = /\.(mysql|pgsql)\.sql(\.gz|\.zst)?$/.exec(file)
    if (database === undefined || found === null || file !== database + found[0]) {
      return unknown('It lies among the dumps, but is none.')
    }
    return dumpFile(found[1] === 'pgsql' ? 'postgresql' : 'mysql', database, 'sql', {
      evidence: 'db/DB/DB.TYPE.sql is a dump in an archive of Hestia.',
      from: `db/${database}/${file}`,
      inflate: found[2] !== undefined,
    })
  }

  #cron(file: string | undefined): Decision {
    if (file !== 'cron.conf')
      return { kind: 'panel', what: 'the crontab as it lay in the spool', group: 'cron' }
    return crontab({
      evidence: 'cron/cron.conf has the jobs in an archive of Hestia; suspended ones are commented out.',
      from: 'cron/cron.conf',
      rewrite: hestiaCrontab,
    })
  }

  #config(names: readonly string[], type: Place['type']): Decision | null {
    const [first = '', domain, third, ...rest] = names
    if (this.user === null || third !== 'conf' || domain === undefined) return null
    if (!['web', 'dns', 'mail'].includes(first) || (rest.length === 0 && type !== 'directory')) return null
    const place = ['home', this.user, 'conf', first, ...(first === 'dns' ? [] : [domain]), ...rest]
    const reason = {
      evidence: "It is the account's configuration in an archive of Hestia.",
      from: `${first}/${domain}/conf`,
    }
    if (first !== 'mail' || rest[0] !== 'passwd' || rest.length > 1) return configFile(place, reason)
    return configFile(place, {
      ...reason,
      learn: (content, hashes) => shadowLines(content, (name, hash) => hashes.mailbox(domain, name, hash)),
    })
  }

  #panel(names: readonly string[]): Decision {
    const [first = '', second] = names
    if (first === 'pam') {
      const learn: Extract<Decision, { kind: 'panel' }>['learn'] = (content, hashes) =>
        shadowLines(content, (name, hash) => hashes.unix(name, hash))
      return {
        kind: 'panel',
        what: "the account's line of passwd, shadow and group",
        group: 'pam',
        ...(second === 'shadow' && { learn }),
      }
    }
    const known = ['hestia', 'vesta', 'web', 'dns', 'mail', 'db', 'cron', 'user_dir', '.zstd', 'backup.conf']
    if (!known.includes(first)) return unknown('It is no part of an archive of Hestia that is known here.')
    return {
      kind: 'panel',
      what: "the panel's own settings of the account",
      group: second === undefined ? first : `${first}/${second}`,
    }
  }
}

/**
 * A crontab out of cron.conf, as Hestia's sync_cron_jobs (func/main.sh) makes it: `%quote%` and `%dots%` stand for `'`
 * and `:`. Lines that are no jobs become comments.
 */
export function hestiaCrontab(content: Buffer): Buffer {
  const lines = content
    .toString('latin1')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const { MIN, HOUR, DAY, MONTH, WDAY, SUSPENDED } = keyValues(line)
      const command = /CMD='(.*?)'(?: [A-Z_]+='|$)/.exec(line)?.[1]
      if (MIN === undefined || command === undefined) return `# ${line}`
      const job = [
        MIN,
        HOUR,
        DAY,
        MONTH,
        WDAY,
        command.replaceAll('%quote%', "'").replaceAll('%dots%', ':'),
      ].join(' ')
      return SUSPENDED === 'yes' ? `# ${job}` : job
    })
  return Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1')
}
