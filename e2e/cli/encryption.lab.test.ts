import { execFile } from 'node:child_process'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHost, type LabHost } from '../lab/lab.ts'
import { isInstalled } from '../programs.ts'
import { Holdfast } from './holdfast.ts'

const call = promisify(execFile)
const latest = 'lab/alice@latest'
const config = 'files/public_html/wp-config.php'

interface Listed {
  readonly backups: readonly {
    readonly trigger: string
    readonly copies: readonly {
      destination: string
      path: string
      encrypted: boolean
      verified: { ok: boolean }
    }[]
  }[]
  readonly unreadable: readonly { readonly why: string }[]
}

let host: LabHost
let holdfast: Holdfast
let key = ''

const sealedFolder = () => join(holdfast.folder, 'sealed')
const listed = async (of = holdfast) => {
  const { backups, unreadable } = (await of.json(['backups'])) as Listed
  return { unreadable, backups: backups.filter(({ trigger }) => trigger === 'on-demand') }
}

async function copyAt(destination: string) {
  return (await listed()).backups[0]?.copies.find((copy) => copy.destination === destination)
}

async function addServer(of: Holdfast): Promise<void> {
  const [key] = await host.hostKeys()
  await of.json([
    ...['server', 'add', 'lab', '--host', host.ip, '--user', 'root', '--key', host.key],
    ...['--accept-host-key', key?.fingerprint ?? ''],
  ])
}

beforeAll(async () => {
  host = await startHost({ layer: 'seeded' })
  holdfast = await Holdfast.withVault()
  await addServer(holdfast)
  await holdfast.json(['destination', 'add', 'local', 'plain', '--path', join(holdfast.folder, 'plain')])
})

afterAll(async () => {
  await holdfast[Symbol.asyncDispose]()
  await host[Symbol.asyncDispose]()
})

describe('a recovery key', () => {
  const add = () =>
    holdfast.run(['destination', 'add', 'local', 'sealed', '--path', sealedFolder(), '--encrypt'])

  test('must be there and typed back before encryption can be on', async () => {
    const { code, stderr } = await add()
    expect([code, stderr]).toEqual([5, expect.stringContaining('holdfast recovery-key create')])
    const { sheet } = (await holdfast.json(['recovery-key', 'create'])) as {
      sheet: { text: string; html: string }
    }
    key = /^ {4}(AGE-SECRET-KEY-1\w{58})$/m.exec(sheet.text)?.[1] ?? ''
    expect(sheet.html).toContain(key)
    expect((await add()).code).toBe(5)
    expect((await holdfast.json(['destination', 'list'])) as object).toMatchObject({
      destinations: [{ name: 'plain', encrypted: false }],
    })
  })

  test('with a wrong letter, or another one, is not taken', async () => {
    const wrong = `${key.slice(0, -1)}${key.endsWith('Q') ? 'P' : 'Q'}`
    const other = 'AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX'
    for (const input of [wrong, other]) {
      expect((await holdfast.run(['recovery-key', 'confirm'], { input: `${input}\n` })).code).toBe(2)
    }
    expect((await add()).code).toBe(5)
  })

  test('typed back in groups and small letters counts, and is not kept', async () => {
    const typed = key.toLowerCase().replace(/(.{6})/g, '$1 ')
    expect((await holdfast.run(['recovery-key', 'confirm'], { input: `${typed}\n` })).code).toBe(0)
    expect((await holdfast.run(['recovery-key', 'sheet'])).code).toBe(4)
    expect((await holdfast.run(['recovery-key', 'check'], { input: `${key}\n` })).code).toBe(0)
    const kept = await call('grep', ['-rlF', key.slice(-40), holdfast.folder]).catch(() => ({ stdout: '' }))
    expect(kept.stdout).toBe('')
    expect((await add()).code).toBe(0)
  })
})

describe('an encrypted backup', () => {
  beforeAll(async () => {
    const made = await holdfast.run(['backup', 'lab/alice', '--to', 'plain', '--to', 'sealed'])
    expect([made.code, made.stderr]).toEqual([0, expect.not.stringContaining('error')])
  })

  test('lies beside a plain one of the same run, verified, and tells nobody what is in it', async () => {
    const copies = (await listed()).backups[0]?.copies.map(({ encrypted, verified }) => [
      encrypted,
      verified.ok,
    ])
    expect(copies).toEqual([
      [false, true],
      [true, true],
    ])
    const names = (await readdir(sealedFolder(), { recursive: true })).filter((name) => /alice_/.test(name))
    expect(names.map((name) => name.replace(/^.*alice_[\d-]+\./, '')).sort()).toEqual([
      'index.gz.age',
      'manifest.json',
      'tar.gz.age',
    ])
    for (const name of names) {
      const bytes = await readFile(join(sealedFolder(), name))
      for (const word of ['wp-config', 'alice_wp', 'components'])
        expect(bytes.includes(word), name).toBe(false)
    }
  })

  test.runIf(isInstalled('age'))(
    'is opened by age and tar with the recovery key, as the README says',
    async () => {
      const file = join(holdfast.folder, 'key.txt')
      await writeFile(file, key)
      const readme = await readFile(join(sealedFolder(), 'README.txt'), 'utf8')
      expect(readme).toContain('age -d -i your-key.txt alice_2026-04-08.tar.gz.age | tar xz')
      const archive = (await copyAt('sealed'))?.path ?? ''
      const command = 'age -d -i "$0" "$1" | tar xzO "$2"'
      const { stdout, stderr } = await call('bash', ['-o', 'pipefail', '-c', command, file, archive, config])
      const there = await host.exec('cat /home/alice/public_html/wp-config.php')
      expect([stdout, stderr]).toEqual([there.stdout, ''])
    },
  )

  test('is listed, read, checked at every level, and extracted', async () => {
    await holdfast.json(['copy', 'remove', latest, '--dest', 'plain', '--yes'])
    const there = await host.exec('cat /home/alice/public_html/wp-config.php')
    expect((await holdfast.run(['ls', latest, 'files/public_html'])).stdout).toContain(config)
    expect((await holdfast.run(['cat', latest, config])).stdout).toBe(there.stdout)
    for (const level of ['stored', 'read', 'deep']) {
      expect((await holdfast.run(['verify', latest, '--level', level])).code, level).toBe(0)
    }
    const into = join(holdfast.folder, 'out')
    expect((await holdfast.run(['extract', latest, 'files/public_html', '--into', into])).code).toBe(0)
    expect(await readFile(join(into, config), 'utf8')).toBe(there.stdout)
    expect((await holdfast.run(['pin', latest])).code).toBe(0)
    expect((await holdfast.run(['unpin', latest])).code).toBe(0)
  })

  test(
    'is copied in the clear, encrypted from the clear, and as it is where the keys are the same',
    { tags: ['thorough'] },
    async () => {
      await holdfast.json(['copy', 'add', latest, '--to', 'plain'])
      const more = [
        'destination',
        'add',
        'local',
        'more',
        '--path',
        join(holdfast.folder, 'more'),
        '--encrypt',
      ]
      await holdfast.json(more)
      await holdfast.json(['copy', 'remove', latest, '--dest', 'sealed', '--yes'])
      await holdfast.json(['copy', 'add', latest, '--to', 'more'])
      await holdfast.json(['copy', 'remove', latest, '--dest', 'plain', '--yes'])
      await holdfast.json(['copy', 'add', latest, '--to', 'sealed'])
      const [one, other] = await Promise.all([
        readFile((await copyAt('more'))?.path ?? ''),
        readFile((await copyAt('sealed'))?.path ?? ''),
      ])
      expect(one.equals(other)).toBe(true)
      for (const name of ['more', 'sealed']) expect((await copyAt(name))?.verified.ok).toBe(true)
      expect((await holdfast.run(['verify', latest])).code).toBe(0)
    },
  )

  test('is restored', { tags: ['thorough'] }, async () => {
    await host.exec('echo changed > /home/alice/public_html/wp-config.php')
    const restore = ['restore', latest, '--to', 'lab/alice', '--item', config, '--confirm', 'alice']
    const done = await holdfast.run(restore)
    expect([done.code, done.stderr]).toEqual([0, expect.any(String)])
    const { stdout } = await host.exec('cat /home/alice/public_html/wp-config.php')
    expect(stdout).not.toContain('changed')
  })

  test('that was damaged is found to be, at every level', { tags: ['thorough'] }, async () => {
    const path = (await copyAt('more'))?.path ?? ''
    const bytes = await readFile(path)
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = (bytes[middle] ?? 0) ^ 1
    await writeFile(path, bytes)
    for (const level of ['stored', 'read', 'deep']) {
      expect((await holdfast.run(['verify', latest, '--dest', 'more', '--level', level])).code, level).toBe(
        14,
      )
    }
    await writeFile(path, bytes.subarray(0, -1))
    expect((await holdfast.run(['verify', latest, '--dest', 'more'])).code).toBe(14)
  })
})

describe('a new computer', () => {
  test('without the recovery key is told that it cannot read what is there', async () => {
    await using other = await Holdfast.withVault()
    const { stdout } = await other.run(['destination', 'add', 'local', 'old', '--path', sealedFolder()])
    expect(stdout).toContain('recovery-key use')
    const { backups, unreadable } = await listed(other)
    expect([backups.length, unreadable.length > 0]).toEqual([0, true])
    expect((await other.run(['recovery-key', 'use'], { input: `${key}\n` })).code).toBe(0)
    expect((await listed(other)).backups.length).toBeGreaterThan(0)
  })

  test(
    'with it sees, checks and restores everything, and encrypts for it too',
    { tags: ['thorough'] },
    async () => {
      await using other = await Holdfast.withVault()
      const add = ['destination', 'add', 'local', 'old', '--path', sealedFolder(), '--recovery-key']
      expect((await other.run([...add, '--encrypt'], { input: `${key}\n` })).code).toBe(0)
      expect((await listed(other)).backups).toHaveLength((await listed()).backups.length)
      expect((await other.run(['verify', latest, '--dest', 'old'])).code).toBe(0)
      const into = join(other.folder, 'all')
      expect((await other.run(['extract', latest, 'databases', '--into', into])).code).toBe(0)
      expect((await stat(join(into, 'databases/mysql/alice_wp.sql'))).size).toBeGreaterThan(0)
      await addServer(other)
      await host.exec('echo changed > /home/alice/public_html/wp-config.php')
      const restore = ['restore', latest, '--to', 'lab/alice', '--item', config, '--confirm', 'alice']
      expect((await other.run(restore)).code).toBe(0)
      expect((await host.exec('cat /home/alice/public_html/wp-config.php')).stdout).not.toContain('changed')
      expect((await other.run(['recovery-key', 'check'], { input: `${key}\n` })).code).toBe(0)
    },
  )
})
