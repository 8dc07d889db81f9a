import { execFile } from 'node:child_process'
import { mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AccountDocument } from '../../electron/core/archive/account-document.ts'
import { CredentialsDocument } from '../../electron/core/archive/credentials-document.ts'
import { startHost, type LabHost } from '../lab/lab.ts'
import { Holdfast } from './holdfast.ts'

const call = promisify(execFile)
let host: LabHost
let holdfast: Holdfast

function addServer(...more: string[]): string[] {
  return ['server', 'add', 'lab', '--host', host.ip, '--user', 'root', '--key', host.key, ...more]
}

async function archivePath(): Promise<string> {
  const { backups } = (await holdfast.json(['backups', 'lab/alice'])) as {
    backups: { copies: { path: string }[] }[]
  }
  return backups[0]!.copies[0]!.path
}

beforeAll(async () => {
  host = await startHost({ layer: 'seeded' })
  holdfast = await Holdfast.create()
})

afterAll(async () => {
  await holdfast[Symbol.asyncDispose]()
  await host[Symbol.asyncDispose]()
})

describe('a new user on the command line', () => {
  test('is shown the fingerprints of an unknown server, and nothing is stored', async () => {
    const { code, stderr } = await holdfast.run(addServer())
    const fingerprints = (await host.hostKeys()).map(({ fingerprint }) => fingerprint)
    expect(code).toBe(8)
    for (const fingerprint of fingerprints) expect(stderr).toContain(fingerprint)
    expect(await holdfast.json(['server', 'list'])).toEqual({ servers: [] })
  })

  test('is refused with a fingerprint that the server does not show', async () => {
    const { code } = await holdfast.run(addServer('--accept-host-key', `SHA256:${'A'.repeat(43)}`))
    expect(code).toBe(8)
  })

  test('adds the server with one that it shows, of any type', async () => {
    const key = (await host.hostKeys()).find(({ type }) => type.startsWith('ecdsa'))!
    const { code, stdout } = await holdfast.run(addServer('--accept-host-key', key.fingerprint))
    expect([code, stdout]).toEqual([0, expect.stringContaining('Added lab.')])
  })

  test('whose login is refused is told so, and nothing is stored', async () => {
    const login = ['--host', host.ip, '--user', 'alice', '--password-stdin']
    const refused = await holdfast.run(['--json', 'server', 'add', 'other', ...login], { input: 'wrong\n' })
    const plain = await holdfast.run(['server', 'add', 'other', ...login], { input: 'wrong\n' })
    expect([refused.code, plain.code]).toEqual([7, 7])
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'auth-failed' } })
    expect(plain.stderr).toMatch(
      /^holdfast: .+ refused the login of alice .+; nothing was read or changed\. .+\n$/,
    )
    expect((await holdfast.run(['server', 'show', 'other'])).code).toBe(4)
  })

  test('sees accounts with evidence, and what nobody claims', async () => {
    const { stdout } = await holdfast.run(['sources', 'lab'])
    expect(stdout).toMatch(/alice_wp .*named in \/home\/alice\/public_html\/wp-config\.php/)
    expect(stdout).toMatch(/Unclaimed[^]*orphan_db/)
  })

  test('makes a backup whose archive plain tar reads whole, without a word', async () => {
    const { code, stdout, stderr } = await holdfast.run(['backup', 'lab/alice'])
    expect([code, stderr.includes('error')]).toEqual([0, false])
    expect(stdout).toContain('succeeded and verified')
    const path = await archivePath()
    const listed = await call('tar', ['tzf', path], { maxBuffer: 1 << 26 })
    expect(listed.stderr).toBe('')
    const names = listed.stdout.split('\n')
    expect(names[0]).toBe('holdfast.json')
    expect(names.filter((name) => name !== '').at(-1)).toBe('manifest.json')
    expect(names).toEqual(
      expect.arrayContaining([
        'files/public_html/wp-config.php',
        'databases/mysql/alice_wp.sql',
        'mail/_local/alice/dovecot-uidlist',
        'mail/alice.example/info/subscriptions',
        'cron/crontab',
        'config/etc/nginx/sites-available/alice.conf',
        'config/etc/letsencrypt/live/alice.example/privkey.pem',
      ]),
    )
  })

  test('finds the files on the server byte for byte in the archive', async () => {
    const into = await mkdtemp(join(tmpdir(), 'holdfast-tar-'))
    await call('tar', ['xzf', await archivePath(), '-C', into])
    const sums = "cd '%' && find . -path ./Maildir -prune -o -type f -print0 | sort -z | xargs -0 sha256sum"
    const there = await host.exec(sums.replace('%', '/home/alice'))
    const here = await call('sh', ['-c', sums.replace('%', join(into, 'files'))], { maxBuffer: 1 << 26 })
    expect(here.stdout.split('\n').length).toBeGreaterThan(20)
    expect(here.stdout).toBe(there.stdout)
  })

  test('lists, searches, reads, verifies, pins and extracts', async () => {
    const latest = 'lab/alice@latest'
    const ls = await holdfast.run(['ls', latest, 'files/public_html'])
    const find = await holdfast.run(['find', 'wp-config'])
    const cat = await holdfast.run(['cat', latest, 'files/public_html/wp-config.php'])
    const there = await host.exec('cat /home/alice/public_html/wp-config.php')
    expect(ls.stdout).toContain('files/public_html/wp-config.php')
    expect(find.stdout).toContain('files/public_html/wp-config.php')
    expect(cat.stdout).toBe(there.stdout)
    expect((await holdfast.run(['verify', latest])).code).toBe(0)
    expect((await holdfast.run(['pin', latest])).code).toBe(0)
    expect((await holdfast.run(['delete', latest, '--yes'])).code).toBe(5)
    const into = join(holdfast.folder, 'out')
    expect((await holdfast.run(['extract', latest, 'files/public_html', '--into', into])).code).toBe(0)
    expect(await readdir(join(into, 'files/public_html'))).toContain('wp-config.php')
  })

  test('keeps the pin and the whole catalog without the data folder', async () => {
    await using other = await Holdfast.create()
    expect((await other.run(['destination', 'add', 'local', 'old', '--path', holdfast.backups])).code).toBe(0)
    const { backups } = (await other.json(['backups'])) as { backups: { copies: { pinned: boolean }[] }[] }
    expect(backups.map(({ copies }) => copies[0]!.pinned)).toEqual([true])
    expect((await other.run(['verify', 'lab/alice@latest'])).code).toBe(0)
  })

  test('deletes after unpinning, and the name is not used again', async () => {
    await holdfast.run(['unpin', 'lab/alice@latest'])
    expect((await holdfast.run(['delete', 'lab/alice@latest', '--yes'])).code).toBe(0)
    const { stdout } = await holdfast.run(['backup', 'lab/alice', '--scope', 'files'])
    expect(stdout).toMatch(/alice_\d{4}-\d\d-\d\d_2\.tar\.gz: succeeded/)
  })
  test(
    'stores what the account is made anew from, with hashes and, when asked, without any',
    { tags: ['thorough'] },
    async () => {
      const secret = /pw-info|\$y\$|\$6\$|SCRAM-SHA-256|IDENTIFIED|\*[0-9A-F]{40}/g
      const hashesIn = async (...options: string[]) => {
        expect((await holdfast.run(['backup', 'lab/alice', ...options])).code).toBe(0)
        const names = ['--wildcards', '*.json', 'databases/mysql/_*']
        const { stdout } = await call('tar', ['xzOf', await archivePath(), ...names], { maxBuffer: 1 << 26 })
        return [...new Set(stdout.match(secret))].length
      }
      expect(await hashesIn()).toBeGreaterThan(3)
      const account = await holdfast.run(['cat', 'lab/alice@latest', 'account.json'])
      expect(AccountDocument.parse(JSON.parse(account.stdout))).toMatchObject({
        ...{ name: 'alice', homeFolder: { mode: '711' }, hasCrontab: true },
        mailboxes: [
          { address: 'alice' },
          { address: 'info@alice.example' },
          { address: 'sales@alice.example' },
        ],
      })
      const credentials = await holdfast.run(['cat', 'lab/alice@latest', 'credentials.json'])
      expect(CredentialsDocument.parse(JSON.parse(credentials.stdout)).mailboxes).toHaveLength(2)
      expect(await hashesIn('--no-credentials')).toBe(0)
      const none = await holdfast.run(['cat', 'lab/alice@latest', 'credentials.json'])
      expect(none.code).toBe(4)
    },
  )
})
