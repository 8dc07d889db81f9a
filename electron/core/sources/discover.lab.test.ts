import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHost } from '../../../e2e/lab/lab.ts'
import { logIn } from '../../../e2e/lab/login.ts'
import { discover } from './discover.ts'
import type { AccountSource } from '../../../shared/model/source.ts'
import type { LabHost } from '../../../e2e/lab/lab.ts'
import type { ServerLook } from './discover.ts'

let host: LabHost
beforeAll(async () => {
  host = await startHost({ layer: 'seeded', without: ['cron'] })
})
afterAll(() => host[Symbol.asyncDispose]())

async function look(
  user: string,
  { sudo, sizes = false }: { readonly sudo?: 'without password'; readonly sizes?: boolean } = {},
): Promise<ServerLook> {
  await using login = await logIn(host, user, sudo === undefined ? {} : { sudo })
  const { signal } = new AbortController()
  return await discover(login.shell, login.survey, { overridesFor: () => null, sizes, signal })
}

function source(found: ServerLook, name: string): AccountSource {
  const one = found.sources.find((account) => account.name === name)
  if (one === undefined) throw new Error(`${name} was not found`)
  return one
}

const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).sort()

test('root sees every account with its databases, mail, folders and configuration, and what nobody claims', async () => {
  const found = await look('root', { sizes: true })
  expect(names(found.sources)).toEqual(['alice', 'bob', 'carol', 'deploy', 'dora', 'erin', 'ops', 'plain'])
  expect([found.notes, found.failed]).toEqual([[], []])
  const alice = source(found, 'alice')
  expect(names(alice.databases)).toEqual(['alice_app', 'alice_shop', 'alice_wp'])
  expect(alice.databases.find((one) => one.name === 'alice_wp')?.evidence).toEqual(
    expect.arrayContaining([
      { kind: 'prefix', prefix: 'alice_' },
      { kind: 'grant', user: 'alice', host: 'localhost', exact: false },
      { kind: 'config-file', path: '/home/alice/public_html/wp-config.php' },
    ]),
  )
  expect(alice.mailboxes.map((box) => [box.domain, box.name, box.path, box.uid, box.insideHome])).toEqual([
    [null, 'alice', '/home/alice/Maildir', alice.uid, true],
    ['alice.example', 'info', '/var/vmail/alice.example/info', 5000, false],
    ['alice.example', 'sales', '/var/vmail/alice.example/sales', 5000, false],
  ])
  expect(alice.paths.map(({ path }) => path)).toEqual(['/srv/sites/alice-shop'])
  expect(alice.domains).toEqual(['alice.example', 'shop.alice.example'])
  expect(alice.configFiles).toEqual([
    '/etc/cron.d/alice-report',
    '/etc/letsencrypt/live/alice.example/fullchain.pem',
    '/etc/letsencrypt/live/alice.example/privkey.pem',
    '/etc/nginx/sites-available/alice-shop.conf',
    '/etc/nginx/sites-available/alice.conf',
    '/etc/php/8.2/fpm/pool.d/alice.conf',
  ])
  expect(alice).toMatchObject({ hasCrontab: true, homeExists: true, groups: ['alice'] })
  expect(alice.homeBytes).toBeGreaterThan(20_000_000)
  expect(source(found, 'dora')).toMatchObject({
    home: '/srv/www/dora',
    hasCrontab: false,
    domains: ['dora.example'],
  })
  expect(source(found, 'dora').databases[0]?.evidence[0]).toMatchObject({ kind: 'grant', exact: true })
  expect(source(found, 'bob').configFiles).toEqual(['/etc/apache2/sites-available/bob.conf'])
  expect(source(found, 'ops').groups).toEqual(['ops', 'sudo'])
  expect(found.unclaimed.map(({ kind, name, where }) => [kind, name, where])).toEqual([
    ['document-root', '/var/www/forgotten', '/etc/nginx/sites-enabled/forgotten.conf'],
    ['database', 'orphan_db', 'mysql'],
    ['mail-domain', 'forgotten.example', '/var/vmail/forgotten.example'],
    ['cron-job', '/usr/local/sbin/rotate-everything', '/etc/cron.d/rotate'],
    ['cron-job', '/usr/local/bin/report', '/var/spool/cron/crontabs/root'],
  ])
})

test('a user with sudo sees what root sees', async () => {
  const [root, sudo] = await Promise.all([look('root'), look('deploy', { sudo: 'without password' })])
  expect(JSON.stringify(sudo).replaceAll(/"bytes":\d+/g, '')).toBe(
    JSON.stringify(root).replaceAll(/"bytes":\d+/g, ''),
  )
})

test('a plain user is the one source, with the databases that its own files open', async () => {
  const found = await look('plain')
  expect(names(found.sources)).toEqual(['plain'])
  expect(source(found, 'plain')).toMatchObject({
    databases: [
      {
        engine: 'mysql',
        name: 'plain_blog',
        evidence: [{ kind: 'config-file', path: '/home/plain/.my.cnf' }],
      },
    ],
    mailboxes: [{ domain: null, name: 'plain', path: '/home/plain/Maildir' }],
    hasCrontab: true,
    home: '/home/plain',
  })
  expect(found.unclaimed).toEqual([])
  expect(found.loginsOf('plain').map(({ user, databases }) => [user, databases])).toEqual([
    ['plain', ['plain_blog']],
  ])
  const alice = await look('alice')
  expect(names(source(alice, 'alice').databases)).toEqual(['alice_app', 'alice_shop', 'alice_wp'])
  expect(JSON.stringify(alice)).not.toContain('db-alice')
})

test('a login of a plain user that is refused is named with the file that holds it', async () => {
  await host.exec(
    'cp -p /home/plain/.my.cnf /root; sed -i "s/^password.*/password = wrong/" /home/plain/.my.cnf',
  )
  try {
    const { failed } = await look('plain')
    expect(failed.map(({ kind, path }) => [kind, path])).toEqual([['mysql', '/home/plain/.my.cnf']])
  } finally {
    await host.exec('cp -p /root/.my.cnf /home/plain/; rm /root/.my.cnf')
  }
  expect((await look('plain')).failed).toEqual([])
})

test('a configuration file that is a planted link is read with the rights of its account, and reported', async () => {
  await host.exec("echo 'canary:canary:1::::::' >> /etc/shadow")
  const plant = `cd /home/bob && ln -s /etc/shadow public_html/wp-config.php && ln -s /home/alice/shop/.env .env &&
    mkdir fifo && mkfifo fifo/settings.php && ln -s /etc/shadow .my.cnf`
  await host.exec(plant, { user: 'bob' })
  const found = await look('root')
  expect(found.notes.map(({ path }) => path).sort()).toEqual([
    '/home/bob/.env',
    '/home/bob/.my.cnf',
    '/home/bob/public_html/wp-config.php',
  ])
  expect(found.loginsOf('bob')).toEqual([])
  expect(names(source(found, 'bob').databases)).toEqual(['bob_blog'])
  expect(JSON.stringify(found)).not.toContain('canary')
})

test('mail in one file is a mailbox, or a further path where the account has a Maildir', async () => {
  const files = ['erin', 'carol', 'plain'].map((user) => `/var/mail/${user}`)
  await host.exec(`for file in ${files.join(' ')}; do echo From >$file; chown "\${file##*/}" $file; done`)
  try {
    const found = await look('root')
    expect(source(found, 'erin').mailboxes.map(({ path }) => path)).toEqual(['/var/mail/erin'])
    expect(source(found, 'carol').mailboxes.map(({ path }) => path)).toEqual(['/home/carol/Maildir'])
    expect(source(found, 'carol').paths.map(({ path }) => path)).toEqual(['/var/mail/carol'])
    expect(names(found.unclaimed.filter(({ kind }) => kind === 'mail-domain'))).toEqual(['forgotten.example'])
    const plain = source(await look('plain'), 'plain')
    expect(plain.paths.map(({ path }) => path)).toEqual(['/var/mail/plain'])
  } finally {
    await host.exec(`rm ${files.join(' ')}`)
  }
})
