import { directadminDatabase } from '../database-logins.ts'
import { shadowLines } from './cpanel.ts'
import { type Decision, type Layout, type LayoutSign, type Place, structure, unknown } from './layout.ts'
import { configFile, crontab, dumpFile, homeFile, isMaildirFolder, mailFile, stemOf } from './parts.ts'

/** Archives of DirectAdmin, `user.admin.U.tar.gz` or `.zst`. Layout after a listing of version 1.709. */
export const directadminSign: LayoutSign = {
  kind: 'directadmin',
  mark([first, second, third]) {
    if (first === 'domains' && second !== undefined && third === 'public_html')
      return 'domains/DOMAIN/public_html'
    if (first === 'imap' && third !== undefined) return 'imap/DOMAIN'
    if (first !== 'backup' || second === undefined) return null
    if (third === 'domain.conf') return 'backup/DOMAIN/domain.conf'
    if (isHome(second) && third === undefined) return 'backup/home.tar'
    const files = [
      'user.conf',
      'user.usage',
      'crontab.conf',
      'user.db',
      'backup_options.list',
      'apache_owned_files.list',
    ]
    return third === undefined && files.includes(second) ? `backup/${second}` : null
  },
  clue: (names) => names.join('/') === 'backup/user.conf',
  suffices: (marks) => marks.has('backup/user.conf') && marks.size > 1,
  layout({ marks, clues }) {
    const text = clues.get('backup/user.conf')?.toString('latin1') ?? ''
    return new DirectadminLayout(/^username=([A-Za-z0-9_][A-Za-z0-9._-]*)\s*$/m.exec(text)?.[1] ?? null, [
      ...marks.keys(),
    ])
  },
}

function isHome(name: string): boolean {
  return name === 'home.tar' || name === 'home.tar.gz' || name === 'home.tar.zst'
}

class DirectadminLayout implements Layout {
  readonly kind = 'directadmin'
  readonly user: string | null
  readonly evidence: readonly string[]

  constructor(user: string | null, marks: readonly string[]) {
    this.user = user
    this.evidence = [`It has ${marks.join(', ')}, as DirectAdmin writes them.`]
  }

  decide({ names, type, inside }: Place): Decision {
    const [first = '', second, third] = names
    if (inside !== null) return this.#home(names, type, `${inside}!`)
    if (first === 'domains')
      return homeFile(names, {
        evidence: 'domains is that folder of the home in an archive of DirectAdmin.',
        from: 'domains',
      })
    if (first === 'imap') return this.#imap(names, type, 'imap')
    if (first !== 'backup') return unknown('It is no part of an archive of DirectAdmin that is known here.')
    if (second === undefined || (names.length === 2 && type === 'directory')) return structure
    if (names.length === 2 && type === 'file' && isHome(second)) return { kind: 'open' }
    if (names.length === 2)
      return type === 'file' ? this.#file(second) : unknown('It is a link among the files of the backup.')
    return this.#domain(second, names.slice(2), type, third ?? '')
  }

  #home(names: readonly string[], type: Place['type'], from: string): Decision {
    const [first, ...rest] = names
    if (first === 'imap') return this.#imap(names, type, `${from}imap`)
    if (first === 'Maildir' && this.user !== null) {
      return mailFile({ domain: null, name: this.user }, rest, {
        evidence: "Maildir in the home is the account's own mailbox.",
        from: `${from}Maildir`,
      })
    }
    return homeFile(names, {
      evidence: 'backup/home.tar is the rest of the home in an archive of DirectAdmin.',
      from,
    })
  }

  #imap([, domain, box, maildir, ...rest]: readonly string[], type: Place['type'], from: string): Decision {
    const evidence = 'imap/DOMAIN/NAME/Maildir is a mailbox in an archive of DirectAdmin.'
    if (type === 'directory' && maildir === undefined) return structure
    if (domain === undefined || box === undefined || maildir === undefined)
      return unknown('It lies beside the mailboxes of a domain.')
    if (maildir === 'Maildir' && !isMaildirFolder(box))
      return mailFile({ domain, name: box }, rest, { evidence, from: `${from}/${domain}` })
    return unknown('It lies beside the Maildir of a mailbox.')
  }

  #file(name: string): Decision {
    const database = /^(.+)\.sql(\.gz|\.zst)?$/.exec(name)
    if (database?.[1] !== undefined) {
      return dumpFile('mysql', database[1], 'sql', {
        evidence: 'backup/DB.sql is a dump in an archive of DirectAdmin.',
        from: `backup/${name}`,
        inflate: database[2] !== undefined,
      })
    }
    if (name === 'crontab.conf') {
      return crontab({
        evidence:
          'backup/crontab.conf has the jobs in an archive of DirectAdmin; the numbers before them were taken off.',
        from: 'backup/crontab.conf',
        rewrite: directadminCrontab,
      })
    }
    return this.#panelFile(name)
  }

  #panelFile(name: string): Decision {
    const { user } = this
    const group = `backup/${name}`
    if (name === '.shadow' && user !== null) {
      const learn: Extract<Decision, { kind: 'panel' }>['learn'] = (content, hashes) => {
        const [line = ''] = content.toString().trim().split('\n')
        hashes.unix(user, line.includes(':') ? (line.split(':')[1] ?? '') : line)
      }
      return { kind: 'panel', what: "the account's password hash", group, learn }
    }
    const known = [
      'user.conf',
      'user.usage',
      'user.db',
      'backup_options.list',
      'apache_owned_files.list',
      '.shadow',
      'ticket.conf',
      'user_ip.list',
      'bandwidth.tally',
      'login.hist',
      'user.comments',
      'package.conf',
      'ip.list',
    ]
    if (known.includes(name)) return { kind: 'panel', what: "the panel's own settings of the account", group }
    const stem = stemOf(name, '.conf')
    if (stem !== null && stem.includes('_')) {
      return { kind: 'panel', what: 'users of databases', group, learn: directadminDatabase(stem) }
    }
    return unknown('It is no part of an archive of DirectAdmin that is known here.')
  }

  #domain(domain: string, rest: readonly string[], type: Place['type'], first: string): Decision {
    const evidence = "It is the account's configuration in an archive of DirectAdmin."
    const from = `backup/${domain}`
    const place = domainPlace(domain, rest, this.user)
    if (place === null) return { kind: 'panel', what: "the panel's own settings of a domain", group: from }
    if (type !== 'file' || first !== 'email' || rest[1] !== 'passwd' || rest.length > 2) {
      return configFile(place, { evidence, from })
    }
    return configFile(place, {
      ...{ evidence, from },
      learn: (content, hashes) => shadowLines(content, (name, hash) => hashes.mailbox(domain, name, hash)),
    })
  }
}

/** Where DirectAdmin keeps what its archive has in `backup/DOMAIN`. */
function domainPlace(domain: string, rest: readonly string[], user: string | null): readonly string[] | null {
  const [first = '', ...inner] = rest
  if (first === 'email') return ['etc', 'virtual', domain, ...inner]
  if (first === `${domain}.db` && inner.length === 0) return ['var', 'named', first]
  if (user === null || inner.length > 0) return null
  const domains = ['usr', 'local', 'directadmin', 'data', 'users', user, 'domains']
  const kept = /^domain\.(conf|cert|key|cacert)$/.exec(first)
  return kept === null ? null : [...domains, `${domain}.${kept[1]}`]
}

/** A crontab out of crontab.conf, whose jobs have a number and `=` before them. */
export function directadminCrontab(content: Buffer): Buffer {
  const text = content.toString('latin1').replace(/^\d+=/gm, '')
  return Buffer.from(text === '' || text.endsWith('\n') ? text : `${text}\n`, 'latin1')
}
