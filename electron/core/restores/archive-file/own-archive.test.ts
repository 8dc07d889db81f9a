import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { extractItems } from '../../archive/extract.ts'
import { plainOutcome, stillClock, testArchive, testFile } from '../../archive/test-archive.ts'
import { mysqlDump, Workshop } from './foreign-fixtures.ts'
import { newIdentity, type Identity } from '../../archive/seal/age-key.ts'
import { Sealer } from '../../archive/seal/sealer.ts'
import { noKeys } from '../../encryption/no-keys.ts'
import { inspectArchiveFile, openArchiveFile } from './open-archive-file.ts'

const workshop = new Workshop()
afterAll(() => workshop.remove())
const { signal } = new AbortController()
const message = 'mail/example.com/info/cur/1.M1.host:2,S'

/** An archive of ours with files, a database, mail and cron. */
const made = await testArchive(async (writer) => {
  const summaries = []
  const parts = [
    ['files', 'files', 'files/public_html/index.php', '<?php\n'],
    ['mysql', 'shop', 'databases/mysql/shop.sql', mysqlDump],
    ['mail', 'example.com', message, 'Subject: hello\n'],
    ['cron', 'cron', 'cron/crontab', '@daily true\n'],
  ] as const
  for (const [kind, name, path, content] of parts) {
    const component = writer.component(kind, name)
    await component.entry(...testFile(path, Buffer.from(content)))
    summaries.push(await component.close(plainOutcome))
  }
  return summaries
})

function options() {
  return { cacheFolder: mkdtempSync(workshop.path('cache-')), clock: stillClock, keys: noKeys, signal }
}

function stored(name: string, bytes: Buffer = made.bytes): string {
  writeFileSync(workshop.path(name), bytes)
  return workshop.path(name)
}

/** What GNU tar takes apart, in a folder called `alice`. */
function takenApart(): string {
  const folder = mkdtempSync(workshop.path('apart-'))
  mkdirSync(join(folder, 'alice'))
  execFileSync('tar', ['-xzf', stored('whole.tar.gz'), '-C', join(folder, 'alice')])
  return folder
}

test('a whole archive of ours is found complete, whatever its name, and read where it lies', async () => {
  const path = stored('cpmove-bob.tar')
  const common = options()
  for (let time = 0; time < 2; time += 1) {
    await using opened = await openArchiveFile(path, common)
    expect(opened.inspection).toMatchObject({
      kind: 'holdfast',
      user: 'alice',
      complete: true,
      trusted: true,
      faults: [],
    })
    expect(opened.reader.list(Buffer.from('databases/mysql')).map((entry) => entry.path.toString())).toEqual([
      'databases/mysql/shop.sql',
    ])
    expect(opened.reader.storedBytes).toBe(made.bytes.length)
    expect(opened.reader.origin).toBe(time === 0 ? 'rebuilt' : 'stored')
  }
  expect((await inspectArchiveFile(path, options())).components.map(({ name }) => name)).toEqual([
    'files',
    'shop',
    'example.com',
    'cron',
  ])
})

describe('an encrypted archive of ours', () => {
  const sealed = async (...identities: readonly Identity[]) => {
    const pieces: Buffer[] = []
    const sink = (bytes: Buffer) => Promise.resolve(void pieces.push(Buffer.from(bytes)))
    const recipients = identities.map(({ recipient }) => recipient)
    using sealer = await Sealer.open(recipients, { thread: noKeys.thread, sink })
    await sealer.write(made.bytes)
    await sealer.finish()
    return Buffer.concat(pieces)
  }

  test('is read where it lies by a key of this computer, and without one it says what to give', async () => {
    const [computer, recovery] = [await newIdentity(), await newIdentity()]
    const path = stored('alice.tar.gz.age', await sealed(computer, recovery))
    const keys = { ...noKeys, identities: () => Promise.resolve([recovery]) }
    await using opened = await openArchiveFile(path, { ...options(), keys })
    expect(opened.inspection).toMatchObject({ kind: 'holdfast', complete: true, trusted: true, faults: [] })
    const into = mkdtempSync(workshop.path('into-'))
    await extractItems(opened.reader, [Buffer.from('cron')], { into, signal })
    expect(readFileSync(join(into, 'cron/crontab'), 'utf8')).toBe('@daily true\n')
    await expect(openArchiveFile(path, options())).rejects.toMatchObject({ code: 'key-missing' })
  })

  test('that was cut is damaged, and never less', async () => {
    const identity = await newIdentity()
    const bytes = await sealed(identity)
    const keys = { ...noKeys, identities: () => Promise.resolve([identity]) }
    const path = stored('cut.age', bytes.subarray(0, -5))
    await expect(inspectArchiveFile(path, { ...options(), keys })).rejects.toMatchObject({ code: 'corrupt' })
  })
})

describe('an archive of ours that was packed again by hand', () => {
  const ways = [
    ['below ./', ['-C', 'alice', '.']],
    ['below one folder', ['alice']],
    [
      'without any prefix',
      ['-C', 'alice', 'cron', 'databases', 'files', 'mail', 'holdfast.json', 'manifest.json'],
    ],
    [
      'without its first and last entry',
      ['-C', 'alice', 'files', 'databases', 'mail', 'cron', 'account.json'],
    ],
  ] as const

  test.each(ways)('%s is read, and never called complete', async (_, members) => {
    const apart = takenApart()
    const path = workshop.path('user.admin.alice.tar.gz')
    execFileSync('tar', ['-C', apart, '-czf', path, ...members])
    await using opened = await openArchiveFile(path, options())
    const { inspection, reader } = opened
    expect(inspection).toMatchObject({
      kind: 'holdfast-repacked',
      complete: false,
      trusted: false,
      faults: [],
    })
    expect(inspection.components.map(({ kind, name, messages }) => [kind, name, messages])).toEqual([
      ['files', 'files', null],
      ['mysql', 'shop', null],
      ['mail', 'example.com', 1],
      ['cron', 'cron', null],
    ])
    const into = mkdtempSync(workshop.path('into-'))
    const report = await extractItems(reader, [], { into, signal })
    expect(report).toMatchObject({ left: [] })
    expect(readFileSync(join(into, 'databases/mysql/shop.sql'), 'utf8')).toBe(mysqlDump)
    expect(readFileSync(join(into, message), 'utf8')).toBe('Subject: hello\n')
    expect(reader.stat(Buffer.from('manifest.json'))).toBeNull()
  })
})

describe('a damaged archive of ours', () => {
  test('that was cut says so, and what came before can be had', async () => {
    const path = stored('cut.tar.gz', made.bytes.subarray(0, made.bytes.length - 40))
    await using opened = await openArchiveFile(path, options())
    expect(opened.inspection).toMatchObject({ kind: 'holdfast-repacked', complete: false, trusted: false })
    expect(opened.inspection.faults).toEqual([expect.stringContaining('The archive is damaged after')])
    expect(opened.reader.stat(Buffer.from('databases/mysql/shop.sql'))).not.toBeNull()
  })

  test('with one wrong byte is neither complete nor trusted', async () => {
    const bytes = Buffer.from(made.bytes)
    const at = Math.floor(bytes.length / 2)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    const found = await inspectArchiveFile(stored('bent.tar.gz', bytes), options())
    expect(found).toMatchObject({ kind: 'holdfast-repacked', complete: false, trusted: false })
    expect(found.faults.length).toBeGreaterThan(0)
  })
})
