import { toRemoteName } from '../../../shared/remote-name.ts'
import { cronLines } from './cron.ts'
import { parseGroups, parsePasswd } from './passwd.ts'
import { parseRows, recordsOf, unhex } from './records.ts'
import { apacheHosts } from './web/apache.ts'
import { nginxHosts } from './web/nginx.ts'
import { phpPools } from './web/php-pools.ts'
import type { DatabaseGrant, FoundDatabase } from './evidence.ts'
import type { GroupEntry, PasswdEntry } from './passwd.ts'
import type { DiscoveryRecord } from './records.ts'
import type { PhpPool } from './web/php-pools.ts'
import type { VirtualHost } from './web/web-files.ts'

/** A crontab of the system, as far as it is not a package's own. */
export interface SystemCrontab {
  readonly path: string
  readonly jobs: readonly { readonly user: string | null; readonly command: string }[]
}

/** What `discover.sh` said, in our words. Nothing is decided yet. */
export interface ServerFacts {
  readonly users: readonly PasswdEntry[]
  readonly groups: readonly GroupEntry[]
  /** Homes that are there: who owns the folder, and whether a Maildir lies in it. */
  readonly homes: ReadonlyMap<string, { readonly uid: number; readonly mail: boolean }>
  readonly crontabs: ReadonlySet<string>
  readonly systemCrontabs: readonly SystemCrontab[]
  readonly hosts: readonly VirtualHost[]
  readonly pools: readonly PhpPool[]
  readonly realFile: (file: string) => string
  readonly databases: readonly FoundDatabase[]
  readonly grants: readonly DatabaseGrant[]
  /** What was there but did not answer: `mysql`, `mysql-grants`, `postgresql`, `dovecot`, `dovecot-list`. */
  readonly failed: readonly string[]
}

function text(field: Buffer | undefined): string {
  return field?.toString('utf8') ?? ''
}

function name(field: Buffer | undefined): string {
  return toRemoteName(field ?? Buffer.alloc(0))
}

function filesOf(records: readonly DiscoveryRecord[], tag: string): Map<string, string> {
  return new Map(recordsOf(records, tag, 3).map(([path, , content]) => [name(path), text(content)]))
}

function realNames(records: readonly DiscoveryRecord[]): Map<string, string> {
  const tags = ['nginx-file', 'apache-file', 'pool-file']
  return new Map(
    tags.flatMap((tag) => recordsOf(records, tag, 3)).map(([path, real]) => [name(path), name(real)]),
  )
}

function systemCrontabs(records: readonly DiscoveryRecord[]): SystemCrontab[] {
  const files = recordsOf(records, 'cron-file', 3)
    .filter(([, packaged]) => text(packaged) === '0')
    .map(([path, , content]) => ({ path: name(path), jobs: cronLines(text(content), { withUser: true }) }))
  const root = recordsOf(records, 'root-crontab', 2).map(([path, content]) => ({
    path: name(path),
    jobs: cronLines(text(content), { withUser: false }),
  }))
  return [...files, ...root]
}

/** Databases of the rows that `discover.sh` and `discover-databases.sh` print. */
export function databasesOf(records: readonly DiscoveryRecord[]): FoundDatabase[] {
  const mysql = recordsOf(records, 'mysql-databases', 1).flatMap(([rows]) =>
    parseRows(rows ?? Buffer.alloc(0), 2).map(([hex = '', bytes]): FoundDatabase => ({
      engine: 'mysql',
      name: unhex(hex),
      bytes: Number(bytes),
      owner: null,
    })),
  )
  const postgresql = recordsOf(records, 'postgresql-databases', 1).flatMap(([rows]) =>
    parseRows(rows ?? Buffer.alloc(0), 3).map(([hex = '', owner = '', bytes]): FoundDatabase => ({
      engine: 'postgresql',
      name: unhex(hex),
      bytes: Number(bytes),
      owner: unhex(owner),
    })),
  )
  return [...mysql, ...postgresql]
}

/** Reads the records of `discover.sh`. Throws `remote-failed` on records of another shape. */
export function serverFacts(records: readonly DiscoveryRecord[]): ServerFacts {
  const real = realNames(records)
  return {
    users: recordsOf(records, 'passwd', 1).flatMap(([lines]) => parsePasswd(lines ?? Buffer.alloc(0))),
    groups: recordsOf(records, 'group', 1).flatMap(([lines]) => parseGroups(lines ?? Buffer.alloc(0))),
    homes: new Map(
      recordsOf(records, 'home', 3).map(([user, uid, mail]) => [
        name(user),
        { uid: Number(text(uid)), mail: text(mail) === '1' },
      ]),
    ),
    crontabs: new Set(recordsOf(records, 'crontab', 1).map(([user]) => name(user))),
    systemCrontabs: systemCrontabs(records),
    hosts: [
      ...nginxHosts(filesOf(records, 'nginx-file'), '/etc/nginx/nginx.conf'),
      ...apacheHosts(
        filesOf(records, 'apache-file'),
        real.has('/etc/httpd/conf/httpd.conf') ? '/etc/httpd/conf/httpd.conf' : '/etc/apache2/apache2.conf',
      ),
    ],
    pools: phpPools(filesOf(records, 'pool-file')),
    realFile: (file) => real.get(file) ?? file,
    databases: databasesOf(records),
    grants: recordsOf(records, 'mysql-grants', 1).flatMap(([rows]) =>
      parseRows(rows ?? Buffer.alloc(0), 3).map(([user = '', host = '', pattern = '']) => ({
        user: unhex(user),
        host: unhex(host),
        pattern: unhex(pattern),
      })),
    ),
    failed: recordsOf(records, 'failed', 1).map(([what]) => text(what)),
  }
}
