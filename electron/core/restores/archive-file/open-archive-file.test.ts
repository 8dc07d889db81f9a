import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { ArchiveInspection } from '../../../../shared/model/archive-file.ts'
import { extractItems } from '../../archive/extract.ts'
import { stillClock } from '../../archive/test-archive.ts'
import {
  cpanelTree,
  directadminTree,
  hestiaTree,
  mysqlDump,
  opteriusTree,
  postgresqlDump,
  Workshop,
  type Tree,
} from './foreign-fixtures.ts'
import { noKeys } from '../../encryption/no-keys.ts'
import { inspectArchiveFile, openArchiveFile } from './open-archive-file.ts'

const workshop = new Workshop()
afterAll(() => workshop.remove())
const { signal } = new AbortController()

function options() {
  return { cacheFolder: mkdtempSync(workshop.path('cache-')), clock: stillClock, keys: noKeys, signal }
}

/** Opens an archive, looks at it, and puts all of it into a folder. */
async function unpack(path: string) {
  const common = options()
  const inspected = await inspectArchiveFile(path, common)
  await using opened = await openArchiveFile(path, common)
  expect(opened.inspection).toEqual(inspected)
  const into = mkdtempSync(workshop.path('into-'))
  const report = await extractItems(opened.reader, [], { into, signal })
  const read = (name: string) => readFileSync(join(into, name), 'utf8')
  return { found: opened.inspection, hashes: opened.hashes, read, into, report, files: filesIn(into) }
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}

function summary(found: ArchiveInspection) {
  return found.components.map(({ kind, name, messages }) => [kind, name, messages])
}

function countFiles(tree: Tree): number {
  return Object.values(tree).filter((content) => typeof content === 'string' || Buffer.isBuffer(content))
    .length
}

const mail = (at: string) => [
  `${at}/.Sent/cur/1700000003.M3P3.host:2,S`,
  `${at}/cur/1700000001.M1P1.host,S=20:2,S`,
  `${at}/dovecot-uidlist`,
  `${at}/new/1700000002.M2P2.host`,
]

describe('an archive of cPanel', () => {
  const variants = [
    ['with its home as a folder', { homeTar: false, top: 'cpmove-alice' }, 'backup.hestia.tar.gz', '-z'],
    ['with its home as a tar', { homeTar: true, top: 'backup-4.8.2026_02-00-00_alice' }, 'photo.jpg', '-z'],
    ['compressed by zstd', { homeTar: true, top: 'alice' }, 'holdfast_2026-04-08.tar.gz', '--zstd'],
    ['not compressed', { homeTar: false, top: 'whatever' }, 'user.admin.alice.tar.zst', '--format=gnu'],
  ] as const

  test.each(variants)(
    '%s is recognised whatever its name, and all of it can be had',
    async (_, shape, name, flag) => {
      const tree = workshop.tree(cpanelTree(workshop, shape))
      const path = workshop.tar(tree, name, { members: [shape.top], flags: [flag] })
      const { found, hashes, read, files, report } = await unpack(path)
      expect(found).toMatchObject({
        kind: 'cpanel',
        user: 'alice',
        complete: false,
        trusted: false,
        faults: [],
        refused: [],
      })
      expect(summary(found)).toEqual([
        ['files', 'files', null],
        ['mysql', 'alice_wp', null],
        ['postgresql', 'alice_pg', null],
        ['mail', '_local', 3],
        ['mail', 'example.com', 3],
        ['cron', 'cron', null],
        ['config', 'config', null],
      ])
      expect(read('files/public_html/index.php')).toBe('<?php echo 1;\n')
      expect(read('databases/mysql/alice_wp.sql')).toBe(mysqlDump)
      expect(read('cron/crontab')).toBe('MAILTO=""\n0 2 * * * /usr/bin/true\n')
      expect(read('config/etc/valiases/example.com')).toBe('*: alice\n')
      expect(read('other/quite-new-part/data')).toBe('unknown\n')
      expect(files.filter((file) => file.startsWith('mail/'))).toEqual([
        ...mail('mail/_local/alice'),
        ...mail('mail/example.com/info'),
      ])
      expect(found.unrecognised.map(({ path: at }) => at)).toContain('quite-new-part/data')
      expect(files.length).toBe(countFiles(cpanelTree(workshop, { ...shape, homeTar: false })))
      expect(report.left.map(({ path: at }) => at).sort()).toEqual(
        ['files/www', 'other/homedir/mail/.info@example_com'].map((at) =>
          shape.homeTar ? at.replace('homedir/', 'homedir.tar!/') : at,
        ),
      )
      expect(hashes).toEqual({
        unix: [{ user: 'alice', hash: '$6$salt$accounthash' }],
        mailboxes: [{ domain: 'example.com', name: 'info', hash: '$6$salt$mailhash' }],
        databases: [
          {
            engine: 'mysql',
            user: 'alice_u',
            host: 'localhost',
            hash: expect.stringMatching(/^\*23AE/) as string,
            plugin: 'mysql_native_password',
            databases: ['alice_wp'],
          },
        ],
      })
    },
  )
})

describe('an archive of Hestia', () => {
  test.each(['gzip', 'zstd'] as const)(
    'whose parts are compressed by %s is recognised and can be had',
    async (by) => {
      const path = workshop.tar(workshop.tree(hestiaTree(workshop, by)), 'cpmove-alice.tar.gz')
      const { found, hashes, read, files } = await unpack(path)
      expect(found).toMatchObject({
        kind: 'hestia',
        user: 'alice',
        compression: 'none',
        complete: false,
        trusted: false,
        faults: [],
      })
      expect(summary(found)).toEqual([
        ['files', 'files', null],
        ['mysql', 'alice_wp', null],
        ['postgresql', 'alice_pg', null],
        ['mail', 'example.com', 3],
        ['cron', 'cron', null],
        ['config', 'config', null],
      ])
      expect(read('files/web/example.com/public_html/index.php')).toBe('<?php\n')
      expect(read('files/private/notes.txt')).toBe('notes\n')
      expect(read('databases/mysql/alice_wp.sql')).toBe(mysqlDump)
      expect(read('databases/postgresql/alice_pg.sql')).toBe(postgresqlDump)
      expect(read('cron/crontab')).toBe("0 2 * * * echo 'hi'\n# 5 2 * * * false\n")
      expect(read('config/home/alice/conf/web/example.com/nginx.conf')).toBe('server {}\n')
      expect(files.filter((file) => file.startsWith('mail/'))).toEqual(mail('mail/example.com/info'))
      expect(found.unrecognised.map(({ path: at }) => at)).toContain('strange/data')
      expect(found.hashes).toEqual({ unix: 1, mailboxes: 1, databases: 1 })
      expect(hashes.mailboxes[0]?.hash).toBe('{SHA512-CRYPT}$6$salt$mailhash')
    },
  )
})

test('an archive of DirectAdmin is recognised whatever its name, and all of it can be had', async () => {
  const path = workshop.tar(workshop.tree(directadminTree(workshop)), 'alice_2026-04-08.tar.gz', {
    flags: ['--zstd'],
    members: ['backup', 'domains', 'imap', 'more'],
  })
  const { found, hashes, read, files } = await unpack(path)
  expect(found).toMatchObject({
    kind: 'directadmin',
    user: 'alice',
    compression: 'zstd',
    complete: false,
    trusted: false,
    faults: [],
  })
  expect(summary(found)).toEqual([
    ['files', 'files', null],
    ['mysql', 'alice_wp', null],
    ['mail', '_local', 3],
    ['mail', 'example.com', 3],
    ['cron', 'cron', null],
    ['config', 'config', null],
  ])
  expect(read('files/domains/example.com/public_html/index.php')).toBe('<?php\n')
  expect(read('files/.bashrc')).toBe('export A=1\n')
  expect(read('cron/crontab')).toBe('0 2 * * * /usr/bin/true\nMAILTO=me@example.com\n@daily false\n')
  expect(files.filter((file) => file.startsWith('mail/'))).toEqual([
    ...mail('mail/_local/alice'),
    ...mail('mail/example.com/info'),
  ])
  expect(found.unrecognised.map(({ path: at }) => at)).toContain('more/data')
  expect(hashes.databases).toMatchObject([
    { user: 'alice_u', hash: '*23AE809DDACAF96AF0FD78ED04B6A265E05AA257', databases: ['alice_wp'] },
  ])
})

describe('an archive of an unknown tool', () => {
  test('has what can be recognised by its shape, and says what cannot', async () => {
    const path = workshop.tar(workshop.tree(opteriusTree()), 'cpmove-alice.tar.gz', { flags: ['-z'] })
    const { found, read, files } = await unpack(path)
    expect(found).toMatchObject({
      kind: 'by-shape',
      user: 'alice',
      complete: false,
      trusted: false,
      faults: [],
    })
    expect(summary(found)).toEqual([
      ['files', 'files', null],
      ['mysql', 'alice_wp', null],
      ['postgresql', 'alice_pg', null],
      ['mail', 'example.com', 3],
      ['cron', 'cron', null],
    ])
    expect(read('files/example.com/public_html/dump.sql')).toBe(mysqlDump)
    expect(read('databases/postgresql/alice_pg.sql')).toBe(postgresqlDump)
    expect(files).toContain('other/databases/readme.sql')
    expect(found.unrecognised.map(({ path: at }) => at).sort()).toEqual([
      'databases/readme.sql',
      'metadata.bin',
    ])
    expect(files.length).toBe(countFiles(opteriusTree()))
  })

  test('with two homes and two crontabs is not guessed at', async () => {
    const tree = {
      'home/alice/public_html/a': 'a',
      'home/bob/public_html/b': 'b',
      'cron/alice': '@daily true\n',
      'cron/bob': '@daily true\n',
    }
    const { found, files } = await unpack(workshop.tar(workshop.tree(tree), 'two.tar'))
    expect(found.components).toEqual([])
    expect(found.user).toBeNull()
    expect(files).toEqual(
      Object.keys(tree)
        .map((name) => `other/${name}`)
        .sort(),
    )
    expect(found.unrecognised.every(({ why }) => why.startsWith('There are several'))).toBe(true)
  })
})
