import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** For tests: archives as other tools write them, made with GNU tar. */

export const mysqlDump =
  '-- MariaDB dump 10.19\n--\nCREATE TABLE `t` (`a` int);\n-- Dump completed on 2026-04-08\n'
export const postgresqlDump =
  '--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE t ();\n-- PostgreSQL database dump complete\n'

/** A tree by path: a text is a file, null a folder, `{ link }` a symbolic link. */
export type Tree = Readonly<Record<string, string | Buffer | null | { readonly link: string }>>

/** A temporary folder in which archives are made. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'foreign-'))
  #count = 0

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  /** Writes a tree into a new folder. */
  tree(tree: Tree): string {
    this.#count += 1
    const root = this.path(`tree-${this.#count}`)
    mkdirSync(root)
    for (const [path, content] of Object.entries(tree)) {
      const place = join(root, path)
      mkdirSync(content === null ? place : dirname(place), { recursive: true })
      if (content === null) continue
      if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(place, content)
      else symlinkSync(content.link, place)
    }
    return root
  }

  /** Packs what is in a folder with GNU tar into a file of this name; `members` default to all of it as `./…`. */
  tar(
    root: string,
    name: string,
    { members = ['.'], flags = [] }: { members?: string[]; flags?: string[] } = {},
  ): string {
    const file = this.path(name)
    execFileSync('tar', ['-C', root, '--owner=1001', '--group=1001', ...flags, '-cf', file, ...members])
    return file
  }

  /** The bytes of such an archive, compressed by a program. */
  packed(tree: Tree, by: 'gzip' | 'zstd', members?: string[]): Buffer {
    const tar = this.tar(this.tree(tree), 'inner.tar', { ...(members && { members }) })
    return execFileSync(by, ['-c', tar], { maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] })
  }
}

const maildir: Tree = { cur: null, new: null, tmp: null }

/** A mailbox with two messages, a folder with one, and Dovecot's own files. */
export function mailbox(at: string): Tree {
  const names: Tree = {
    ...maildir,
    'cur/1700000001.M1P1.host,S=20:2,S': 'Subject: one\n\nHello.\n',
    'new/1700000002.M2P2.host': 'Subject: two\n\nHello.\n',
    '.Sent/cur/1700000003.M3P3.host:2,S': 'Subject: three\n\nHello.\n',
    '.Sent/new': null,
    '.Sent/tmp': null,
    'dovecot-uidlist': '3 V1 N4 G1\n',
    'dovecot.index.cache': 'cache',
  }
  return Object.fromEntries(Object.entries(names).map(([path, content]) => [`${at}/${path}`, content]))
}

function below(folder: string, tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).map(([path, content]) => [`${folder}/${path}`, content]))
}

const home: Tree = {
  'public_html/index.php': '<?php echo 1;\n',
  'public_html/wp-config.php': "<?php define('DB_NAME', 'alice_wp');\n",
  'public_html/old-backup.tar.gz': gzipSync('not to be opened'),
  '.bashrc': 'export A=1\n',
  www: { link: 'public_html' },
}

/** What cPanel's pkgacct writes for `alice`; the home as a folder or as `homedir.tar`. */
export function cpanelTree(workshop: Workshop, { homeTar = false, top = 'cpmove-alice' } = {}): Tree {
  const homedir: Tree = {
    ...home,
    ...mailbox('mail/example.com/info'),
    ...mailbox('mail'),
    'mail/.info@example_com': { link: 'example.com/info' },
    'etc/example.com/shadow': 'info:$6$salt$mailhash:19000::::::\n',
    'etc/example.com/passwd': 'info:x:1001:1001::/home/alice/mail/example.com/info:/sbin/nologin\n',
  }
  const rest: Tree = {
    'cp/alice': 'DNS=example.com\nUSER=alice\n',
    'mysql/alice_wp.sql': mysqlDump,
    'mysql/alice_wp.create': 'CREATE DATABASE `alice_wp`;\n',
    'mysql.sql':
      "GRANT USAGE ON *.* TO 'alice_u'@'localhost' IDENTIFIED BY PASSWORD '*23AE809DDACAF96AF0FD78ED04B6A265E05AA257';\n" +
      "GRANT ALL PRIVILEGES ON `alice\\_wp`.* TO 'alice_u'@'localhost';\n",
    'mysql.sql-auth.json': JSON.stringify({
      alice_u: {
        localhost: { pass_hash: Buffer.from('*23AE').toString('hex'), auth_plugin: 'mysql_native_password' },
      },
    }),
    'psql/alice_pg.tar': 'tar of pg_dump',
    'cron/alice': 'MAILTO=""\n0 2 * * * /usr/bin/true\n',
    shadow: '$6$salt$accounthash',
    'va/example.com': '*: alice\n',
    'vf/example.com': '',
    'userdata/main': 'main_domain: example.com\n',
    'userdata/example.com': 'user: alice\n',
    'dnszones/example.com.db': '; zone\n',
    quota: '0\n',
    version: 'pkgacct version: 10\n',
    homedir_paths: '/home/alice\n',
    'quite-new-part/data': 'unknown\n',
  }
  const inner: Tree = homeTar ? { 'homedir.tar': readTar(workshop, homedir) } : below('homedir', homedir)
  return below(top, { ...rest, ...inner })
}

function readTar(workshop: Workshop, tree: Tree): Buffer {
  return execFileSync('tar', ['-C', workshop.tree(tree), '-cf', '-', '.'], { maxBuffer: 2 ** 30 })
}

/** What Hestia's v-backup-user writes for `alice`. */
export function hestiaTree(workshop: Workshop, by: 'gzip' | 'zstd'): Tree {
  const end = by === 'gzip' ? 'gz' : 'zst'
  const dump = (text: string) => execFileSync(by, ['-c'], { input: text, stdio: ['pipe', 'pipe', 'ignore'] })
  return {
    ...(by === 'zstd' && { '.zstd': '' }),
    'hestia/user.conf': "NAME='Alice'\n",
    'pam/passwd': 'alice:x:1001:1001::/home/alice:/bin/bash\n',
    'pam/shadow': 'alice:$6$salt$accounthash:19000:0:99999:7:::\n',
    'pam/group': 'alice:x:1001:\n',
    'web/example.com/conf/nginx.conf': 'server {}\n',
    'web/example.com/hestia/web.conf': "DOMAIN='example.com'\n",
    [`web/example.com/domain_data.tar.${end}`]: workshop.packed(
      {
        'public_html/index.php': '<?php\n',
        'private/secret.txt': 'secret\n',
        'public_html/link': { link: '/etc/passwd' },
      },
      by,
      ['public_html', 'private'],
    ),
    'dns/example.com/conf/example.com.db': '; zone\n',
    'dns/example.com/hestia/dns.conf': "DOMAIN='example.com'\n",
    'mail/example.com/conf/passwd': 'info:{SHA512-CRYPT}$6$salt$mailhash:alice:mail::/home/alice:0\n',
    'mail/example.com/hestia/mail.conf': "DOMAIN='example.com'\n",
    [`mail/example.com/accounts.tar.${end}`]: workshop.packed(mailbox('info'), by, ['info']),
    'db/alice_wp/hestia/db.conf':
      "DB='alice_wp' DBUSER='alice_u' MD5='*23AE809DDACAF96AF0FD78ED04B6A265E05AA257' HOST='localhost' TYPE='mysql'\n",
    'db/alice_wp/conf/alice_wp.mysql.alice_u': 'GRANT …\n',
    [`db/alice_wp/alice_wp.mysql.sql.${end}`]: dump(mysqlDump),
    [`db/alice_pg/alice_pg.pgsql.sql.${end}`]: dump(postgresqlDump),
    'cron/cron.conf':
      "JOB='1' MIN='0' HOUR='2' DAY='*' MONTH='*' WDAY='*' CMD='echo %quote%hi%quote%' SUSPENDED='no' TIME='1' DATE='2'\n" +
      "JOB='2' MIN='5' HOUR='2' DAY='*' MONTH='*' WDAY='*' CMD='false' SUSPENDED='yes'\n",
    [`user_dir/private.tar.${end}`]: workshop.packed({ 'private/notes.txt': 'notes\n' }, by, ['private']),
    'strange/data': 'unknown\n',
  }
}

/** What DirectAdmin writes for `alice`. */
export function directadminTree(workshop: Workshop): Tree {
  return {
    'backup/user.conf': 'account=ON\nusername=alice\ndomain=example.com\n',
    'backup/user.usage': 'bandwidth=0\n',
    'backup/.shadow': '$6$salt$accounthash',
    'backup/crontab.conf': '1=0 2 * * * /usr/bin/true\nMAILTO=me@example.com\n2=@daily false\n',
    'backup/backup_options.list': 'domain\n',
    'backup/alice_wp.sql': mysqlDump,
    'backup/alice_wp.conf':
      'db_collation=CATALOG_NAME=def&SCHEMA_NAME=alice_wp\naccesshosts=0=localhost\nalice_u=alter_priv=Y&passwd=%2A23AE809DDACAF96AF0FD78ED04B6A265E05AA257&select_priv=Y\n',
    'backup/home.tar.zst': workshop.packed({ '.bashrc': 'export A=1\n', ...mailbox('Maildir') }, 'zstd'),
    'backup/example.com/domain.conf': 'domain=example.com\n',
    'backup/example.com/example.com.db': '; zone\n',
    'backup/example.com/email/passwd': 'info:$6$salt$mailhash\n',
    'backup/example.com/ftp.passwd': 'alice:…\n',
    'domains/example.com/public_html/index.php': '<?php\n',
    'domains/example.com/private_html': { link: './public_html' },
    ...mailbox('imap/example.com/info/Maildir'),
    'more/data': 'unknown\n',
  }
}

/** How an archive of Opterius may look: its layout is not public. */
export function opteriusTree(): Tree {
  return {
    'home/alice/example.com/public_html/index.php': '<?php\n',
    'home/alice/example.com/public_html/dump.sql': mysqlDump,
    'home/alice/.bashrc': 'export A=1\n',
    'databases/alice_wp.sql': mysqlDump,
    'databases/alice_pg.sql.gz': gzipSync(postgresqlDump),
    'databases/readme.sql': 'This is no dump.\n',
    ...mailbox('mail/example.com/info'),
    'cron/alice': '# jobs\nMAILTO=""\n*/5 * * * * /usr/bin/true\n',
    'metadata.bin': 'unknown\n',
  }
}
