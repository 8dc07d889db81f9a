import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { encodeEntry } from '../../archive/tar/encode-entry.ts'
import { padding } from '../../archive/tar/header.ts'
import { extractItems } from '../../archive/extract.ts'
import { noise, stillClock, tarOf, testFile, testMeta } from '../../archive/test-archive.ts'
import { cpanelTree, hestiaTree, mysqlDump, opteriusTree, Workshop } from './foreign-fixtures.ts'
import { noKeys } from '../../encryption/no-keys.ts'
import { inspectArchiveFile, openArchiveFile, type ArchiveFileOptions } from './open-archive-file.ts'

const workshop = new Workshop()
afterAll(() => workshop.remove())
const { signal } = new AbortController()

function options(change: Partial<ArchiveFileOptions> = {}): ArchiveFileOptions {
  return {
    cacheFolder: mkdtempSync(workshop.path('cache-')),
    clock: stillClock,
    keys: noKeys,
    signal,
    ...change,
  }
}

let count = 0
function stored(bytes: Buffer): string {
  count += 1
  writeFileSync(workshop.path(`file-${count}`), bytes)
  return workshop.path(`file-${count}`)
}

function imports({ cacheFolder }: ArchiveFileOptions): string[] {
  return readdirSync(join(cacheFolder, 'imports'))
}

const x = Buffer.from('planted')
const cpanel = [
  testFile('cpmove-alice/cp/alice', Buffer.from('USER=alice\n')),
  testFile('cpmove-alice/homedir/public_html/index.php', Buffer.from('<?php\n')),
] as const

describe('a hostile archive', () => {
  const file = (path: string) => testFile(path, x)
  const link = (path: string, target: string) =>
    [testMeta(path, { type: 'symlink', linkTarget: Buffer.from(target) }), Buffer.alloc(0)] as const
  const hard = (path: string, target: string) =>
    [testMeta(path, { type: 'hardlink', linkTarget: Buffer.from(target) }), Buffer.alloc(0)] as const
  const home = 'cpmove-alice/homedir'
  const refused = [
    ['a path that leads up', [file(`${home}/../../../etc/cron.d/x`)]],
    ['a path that leads up from the top', [file('../x')]],
    ['a folder called ..', [[testMeta('..', { type: 'directory' }), Buffer.alloc(0)] as const]],
    ['a file below a link that leads out', [link(`${home}/out`, '/etc'), file(`${home}/out/passwd`)]],
    [
      'a mail folder below a link',
      [link(`${home}/mail/example.com/box/cur`, '/etc'), file(`${home}/mail/example.com/box/cur/1`)],
    ],
    ['a hard link that leads out', [hard(`${home}/shadow`, '../../etc/shadow')]],
    ['a hard link to an absolute path', [hard(`${home}/shadow`, '/etc/shadow')]],
    ['a hard link to a link', [link(`${home}/l`, '/etc/shadow'), hard(`${home}/h`, `${home}/l`)]],
    ['a hard link to what comes later', [hard(`${home}/h`, `${home}/later`), file(`${home}/later`)]],
  ] as const

  test.each(refused)('with %s has that refused and listed, and nothing else', async (_, entries) => {
    const path = stored(gzipSync(tarOf([...cpanel, ...entries])))
    await using opened = await openArchiveFile(path, options())
    expect(opened.inspection).toMatchObject({ kind: 'cpanel', refusedCount: 1 })
    const into = mkdtempSync(workshop.path('into-'))
    await extractItems(opened.reader, [], { into, signal })
    expect(readdirSync(into, { recursive: true }).map(String)).toContain('files/public_html/index.php')
    for (const { path: entry } of opened.reader.entries()) {
      expect(entry.toString()).toMatch(/^(?:files|mail|config|other)\//)
      expect(entry.toString().split('/')).not.toContain('..')
    }
  })

  test('with an absolute path has it refused', async () => {
    const bad = encodeEntry(testMeta('@etc/cron.d/x', { size: 7, mtime: 0n }))
    bad[0] = 0x2f
    bad.fill(' ', 148, 156)
    bad.write(
      `${bad
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    )
    const tar = Buffer.concat([bad, x, Buffer.alloc(padding(7)), tarOf(cpanel)])
    await using opened = await openArchiveFile(stored(tar), options())
    expect(opened.inspection.refused).toEqual([{ path: '/etc/cron.d/x', why: 'its path is absolute' }])
  })

  test('whose dump or crontab is a link has it left among the rest', async () => {
    const entries = [
      link('cpmove-alice/mysql/shop.sql', '/etc/shadow'),
      link('cpmove-alice/cron/alice', '/etc/crontab'),
    ]
    const found = await inspectArchiveFile(stored(tarOf([...cpanel, ...entries])), options())
    expect(found.components.map(({ kind }) => kind)).toEqual(['files', 'config'])
  })

  test('with a setuid file keeps it as data, and is not trusted', async () => {
    const su = [testMeta(`${home}/su`, { size: 7, mode: 0o6755 }), x] as const
    await using opened = await openArchiveFile(stored(tarOf([...cpanel, su])), options())
    expect(opened.inspection.trusted).toBe(false)
    const into = mkdtempSync(workshop.path('into-'))
    await extractItems(opened.reader, [], { into, signal })
    expect(statSync(join(into, 'files/su')).mode & 0o7777).toBe(0o755)
  })

  test('with files of another tool in its home is not taken for one of that tool', async () => {
    const planted = [
      'backup/user.conf',
      'backup/user.usage',
      'backup/crontab.conf',
      'backup/user.db',
      'domains/e.com/public_html/a',
      'imap/e.com/b',
    ]
    const tar = tarOf([
      testFile('cp/alice', Buffer.from('USER=alice\n')),
      ...['public_html/a', ...planted].map((path) => file(`homedir/${path}`)),
    ])
    expect(await inspectArchiveFile(stored(tar), options())).toMatchObject({ kind: 'cpanel', user: 'alice' })
  })
})

describe('a bomb', () => {
  const limits = { entries: 1000, ratio: 200, ratioFrom: 2 ** 20 }
  const zeros = Buffer.alloc(8 * 2 ** 20)
  const bombs = [
    [
      'in its own compression',
      () => gzipSync(tarOf([...cpanel, testFile('cpmove-alice/homedir/zeros', zeros)])),
    ],
    [
      'in an archive inside it',
      () =>
        tarOf([
          ...cpanel.slice(0, 1),
          testFile('cpmove-alice/homedir.tar', gzipSync(tarOf([testFile('zeros', zeros)]))),
        ]),
    ],
    [
      'in two compressions, one inside the other',
      () =>
        gzipSync(
          tarOf([
            ...cpanel.slice(0, 1),
            testFile('cpmove-alice/homedir.tar', gzipSync(tarOf([testFile('zeros', zeros)]))),
          ]),
        ),
    ],
    [
      'in a compressed dump',
      () => {
        const tree = hestiaTree(workshop, 'gzip')
        return workshop.packed({ ...tree, 'db/alice_wp/alice_wp.mysql.sql.gz': gzipSync(zeros) }, 'gzip')
      },
    ],
    [
      'of entries',
      () =>
        tarOf([
          ...cpanel,
          ...Array.from({ length: 1000 }, (_, n) => testFile(`cpmove-alice/homedir/${n}`, x)),
        ]),
    ],
  ] as const

  test.each(bombs)('%s is refused, and nothing is left of it', async (_, bomb) => {
    const common = options({ limits })
    const path = stored(bomb())
    await expect(inspectArchiveFile(path, common)).rejects.toMatchObject({ code: 'corrupt' })
    await expect(openArchiveFile(path, common)).rejects.toMatchObject({ code: 'corrupt' })
    expect(imports(common)).toEqual([])
  })

  test('is not seen in an archive that only compresses well', async () => {
    const path = stored(
      gzipSync(tarOf([...cpanel, testFile('cpmove-alice/homedir/zeros', zeros.subarray(0, 500_000))])),
    )
    expect(await inspectArchiveFile(path, options({ limits }))).toMatchObject({ kind: 'cpanel', faults: [] })
  })
})

describe('a damaged archive', () => {
  test('that is cut has what came before, and says so', async () => {
    const whole = gzipSync(tarOf([...cpanel, testFile('cpmove-alice/homedir/noise', noise(500_000))]))
    await using opened = await openArchiveFile(stored(whole.subarray(0, 300_000)), options())
    expect(opened.inspection.faults).toEqual([expect.stringContaining('damaged after 2 entries')])
    expect(opened.reader.stat(Buffer.from('files/public_html/index.php'))).not.toBeNull()
  })

  test('whose inner archive is damaged names it, and has the rest', async () => {
    const tree = hestiaTree(workshop, 'gzip')
    const data = tree['web/example.com/domain_data.tar.gz'] as Buffer
    const bent = { ...tree, 'web/example.com/domain_data.tar.gz': data.subarray(0, data.length - 20) }
    await using opened = await openArchiveFile(workshop.tar(workshop.tree(bent), 'bent.tar'), options())
    expect(opened.inspection.faults).toEqual([
      expect.stringContaining('web/example.com/domain_data.tar.gz is damaged'),
    ])
    expect(opened.reader.stat(Buffer.from('databases/mysql/alice_wp.sql'))?.size).toBe(mysqlDump.length)
  })

  test('whose compressed dump is damaged leaves it out and names it', async () => {
    const tree = hestiaTree(workshop, 'zstd')
    const dump = tree['db/alice_wp/alice_wp.mysql.sql.zst'] as Buffer
    const bent = { ...tree, 'db/alice_wp/alice_wp.mysql.sql.zst': dump.subarray(0, dump.length - 10) }
    await using opened = await openArchiveFile(workshop.tar(workshop.tree(bent), 'dump.tar'), options())
    expect(opened.inspection.faults).toEqual([
      expect.stringContaining('alice_wp.mysql.sql.zst could not be read'),
    ])
    expect(opened.reader.stat(Buffer.from('databases/mysql/alice_wp.sql'))).toBeNull()
  })

  test('whose dump has no end is warned of', async () => {
    const dump = testFile('cpmove-alice/mysql/shop.sql', Buffer.from(mysqlDump.slice(0, -30)))
    const { components } = await inspectArchiveFile(stored(tarOf([...cpanel, dump])), options())
    expect(components.find(({ kind }) => kind === 'mysql')?.warnings).toEqual([
      expect.stringContaining('does not end with'),
    ])
  })
})

describe('a file that is no archive', () => {
  const magic = { bzip2: 'bzip2', xz: 'xz' } as const
  test.each(Object.keys(magic))(
    'but one compressed by %s is refused with the command that converts it',
    async (program) => {
      const bytes = execFileSync(program, ['-c'], { input: tarOf(cpanel) })
      await expect(inspectArchiveFile(stored(bytes), options())).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining(`${program} -dc FILE | gzip > NEW.tar.gz`) as string,
      })
    },
  )

  test.each([
    ['is a text', Buffer.from('hello\n'.repeat(500))],
    ['is empty', Buffer.alloc(0)],
    ['is a compressed text', gzipSync('hello')],
    ['is an empty tar', Buffer.alloc(1024)],
  ])('and %s says so', async (_, bytes) => {
    await expect(inspectArchiveFile(stored(bytes), options())).rejects.toMatchObject({
      code: 'invalid-input',
    })
  })
})

describe('an archive that was opened', () => {
  test('is unpacked once, and found again where it was moved', async () => {
    const common = options()
    const path = workshop.tar(workshop.tree(opteriusTree()), 'first.tar')
    await openArchiveFile(path, common).then((opened) => opened[Symbol.asyncDispose]())
    const [made = ''] = imports(common)
    const { ino } = statSync(join(common.cacheFolder, 'imports', made, 'archive.tar.gz'))
    renameSync(path, workshop.path('second.tar'))
    await using opened = await openArchiveFile(workshop.path('second.tar'), common)
    expect(opened.inspection.path).toBe(workshop.path('second.tar'))
    expect(imports(common)).toEqual([made])
    expect(statSync(join(common.cacheFolder, 'imports', made, 'archive.tar.gz')).ino).toBe(ino)
  })

  test('is made anew when nobody used it for long', async () => {
    const common = options()
    const old = workshop.tar(workshop.tree(opteriusTree()), 'old.tar')
    await openArchiveFile(old, common).then((opened) => opened[Symbol.asyncDispose]())
    const [made = ''] = imports(common)
    const longAgo = new Date(stillClock.now().getTime() - 15 * 24 * 3600 * 1000)
    utimesSync(join(common.cacheFolder, 'imports', made, 'record.json'), longAgo, longAgo)
    const other = workshop.tar(workshop.tree(cpanelTree(workshop)), 'new.tar')
    await openArchiveFile(other, common).then((opened) => opened[Symbol.asyncDispose]())
    expect(imports(common)).toHaveLength(1)
    expect(imports(common)).not.toContain(made)
  })

  test('and cancelled leaves nothing', async () => {
    const stop = new AbortController()
    const common = options({
      signal: stop.signal,
      progress: ({ phase }) => {
        if (phase === 'unpacking') stop.abort()
      },
    })
    const path = stored(tarOf([...cpanel, testFile('cpmove-alice/homedir/noise', noise(9 * 2 ** 20))]))
    await expect(
      openArchiveFile(path, { ...common, clock: { ...stillClock, monotonic: () => (count += 1000) } }),
    ).rejects.toMatchObject({ code: 'cancelled' })
    expect(imports(common)).toEqual([])
  })
})
