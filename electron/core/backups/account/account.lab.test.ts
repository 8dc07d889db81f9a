import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHost, type LabHost } from '../../../../e2e/lab/lab.ts'
import { logIn } from '../../../../e2e/lab/login.ts'
import { AccountDocument } from '../../archive/account-document.ts'
import { CredentialsDocument } from '../../archive/credentials-document.ts'
import { discover } from '../../sources/discover.ts'
import { accountCredentials } from './credentials.ts'
import { accountFacts } from './facts.ts'
import { lookAtAccount } from './look.ts'

let host: LabHost
beforeAll(async () => {
  host = await startHost({ layer: 'seeded', without: ['mariadb', 'postgres', 'cron'] })
})
afterAll(() => host[Symbol.asyncDispose]())

const users = '/etc/dovecot/users'

/** Both documents of an account, as they come to lie in an archive. */
async function documentsOf(name: string, { login = 'root' } = {}) {
  const { signal } = new AbortController()
  await using opened = await logIn(host, login)
  const { shell, survey } = opened
  const found = await discover(shell, survey, { overridesFor: () => null, signal })
  const source = found.sources.find((one) => one.name === name)!
  const look = await lookAtAccount(shell, source, { panel: null, signal })
  const { document, skipped } = await accountCredentials(shell, source, { look, signal })
  const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
  const account = stored(accountFacts(source, survey, look))
  expect(AccountDocument.parse(account)).toEqual(account)
  if (document !== null) expect(CredentialsDocument.parse(stored(document))).toEqual(stored(document))
  return { account, credentials: document, skipped }
}

/** Does something on the server for as long as a test takes. */
async function during(change: string, undo: string, work: () => Promise<void>): Promise<void> {
  await host.exec(change)
  try {
    await work()
  } finally {
    await host.exec(undo)
  }
}

test('all that an account is made anew from is there, without a secret', async () => {
  const imitation = `#!/bin/sh\\n[ "$*" = "-w -p -u -- alice" ] || exit 1\\nprintf "  /dev/vda1 1500* 1000 2000 0 10 0 0 0\\\\n"\\nexit 1\\n`
  const change = `setfacl -m u:bob:x -m d:u:bob:r /home/alice && usermod -aG games alice && mkdir -p /var/lib/systemd/linger &&
    touch /var/lib/systemd/linger/alice && printf '${imitation}' >/usr/bin/quota && chmod 755 /usr/bin/quota &&
    sed -i 's/^\\(info.*\\)$/\\1 userdb_quota_rule=*:storage=1G/' ${users} && doveadm reload`
  const undo = `setfacl -b -k /home/alice; gpasswd -d alice games; rm /usr/bin/quota /var/lib/systemd/linger/alice
    sed -i 's/ userdb_quota.*//' ${users}`
  const ids = async (what: string) => Number((await host.exec(`id ${what} || :`)).stdout)
  await during(change, undo, async () => {
    const { account } = await documentsOf('alice')
    const [uid, gid, bob] = [await ids('-u alice'), await ids('-g alice'), await ids('-u bob')]
    expect(account).toMatchObject({
      ...{ name: 'alice', uid, gid, shell: '/bin/bash', home: '/home/alice', groups: ['alice', 'games'] },
      groupIds: [
        { name: 'games', gid: 60 },
        { name: 'alice', gid },
      ],
      homeFolder: { mode: '711', uid, gid, owner: 'alice', group: 'alice' },
      quota: [{ fileSystem: '/dev/vda1', usedKiB: 1500, softKiB: 1000, hardKiB: 2000, files: 10 }],
      ...{ linger: true, hasCrontab: true, panel: null, panelVersion: null },
      domains: ['alice.example', 'shop.alice.example'],
      documentRoots: ['/srv/sites/alice-shop', '/home/alice/public_html'],
      sites: [
        { names: ['shop.alice.example'], root: '/srv/sites/alice-shop', php: null },
        { names: ['alice.example'], root: '/home/alice/public_html', php: '8.2' },
      ],
      paths: ['/srv/sites/alice-shop'],
    })
    expect(account.homeFolder?.acl).toEqual(
      expect.arrayContaining(['user::rwx', `user:${bob}:--x`, `default:user:${bob}:r--`]),
    )
    expect(
      account.mailboxes.map(({ address, home, quota, uid: owner }) => [address, home, quota, owner]),
    ).toEqual([
      ['alice', '/home/alice', [], uid],
      ['info@alice.example', '/var/vmail/alice.example/info', ['quota_rule=*:storage=1G'], 5000],
      ['sales@alice.example', '/var/vmail/alice.example/sales', [], 5000],
    ])
    expect(account.mailboxes.map(({ owner, group }) => `${owner}:${group}`)).toEqual([
      ...['alice:alice', 'vmail:vmail', 'vmail:vmail'],
    ])
    expect(JSON.stringify(account)).not.toMatch(/pw-|\\$y\\$|\\$6\\$/)
  })
})

test('a login that nobody elevates sees its own account, and no credentials', async () => {
  const { account, credentials } = await documentsOf('plain', { login: 'plain' })
  expect(account).toMatchObject({ homeFolder: { mode: '711', owner: 'plain' }, quota: null, linger: false })
  expect(credentials).toBeNull()
})

test('credentials are those of the account and its mailboxes, with their schemes, and nobody else’s', async () => {
  const { stdout } = await host.exec('doveadm pw -s SHA512-CRYPT -p other')
  const hash = stdout.trim().replace('{SHA512-CRYPT}', '')
  const change = `cp -p ${users} /root/users && sed -i 's|^sales@.*|sales@alice.example:${hash}::::::|' ${users}`
  await during(change, `cp -p /root/users ${users}`, async () => {
    const { credentials, skipped } = await documentsOf('alice')
    const shadow = (await host.exec('getent shadow alice')).stdout.split(':')
    expect(credentials).toEqual({
      unix: {
        ...{ user: 'alice', hash: shadow[1], lastChange: Number(shadow[2]), minimum: 0, maximum: 99_999 },
        ...{ warning: 7, inactive: null, expires: null },
      },
      mailboxes: [
        { address: 'info@alice.example', scheme: 'PLAIN', hash: 'pw-info', from: users },
        { address: 'sales@alice.example', scheme: 'CRYPT', hash, from: users },
      ],
    })
    expect(skipped).toEqual([])
  })
})

test.each(['deploy', 'ops'])('%s, who can become root, gives none', async (name) => {
  await during(`usermod -aG sudo ${name}`, ':', async () => {
    expect(await documentsOf(name)).toMatchObject({ credentials: null, skipped: [] })
  })
})

test('a folder that a tenant named after the mailbox of another brings no password and no word of Dovecot', async () => {
  const names = ['mail/alice.example/info', 'homes/post@forgotten.example/Maildir']
  const plant = `mkdir -p ${names.map((name) => `/home/bob/${name}/cur`).join(' ')} && chown -R bob: /home/bob/mail /home/bob/homes`
  await during(plant, 'rm -r /home/bob/mail /home/bob/homes', async () => {
    const { account, credentials, skipped } = await documentsOf('bob')
    expect(account.mailboxes.map(({ address, home }) => [address, home])).toEqual([
      ['bob', '/home/bob'],
      ['info@alice.example', null],
      ['post@forgotten.example', null],
    ])
    expect(credentials?.mailboxes).toBeUndefined()
    expect(skipped.map(({ path }) => path)).toEqual(['credentials.json: info@alice.example'])
  })
})

test.each([
  ['everybody may write', 'chmod 666 %', 'chmod 640 %'],
  ['another owns', 'chown vmail %', 'chown root %'],
  ['lies in a folder that another owns', 'chown vmail /etc/dovecot', 'chown root /etc/dovecot'],
  ['is a link', 'mv % /root/moved && ln -s /root/moved %', 'mv /root/moved %'],
  ['is gone', 'mv % /root/moved', 'mv /root/moved %'],
])('a passwd-file that %s is not read, and named', async (_what, change, undo) => {
  await during(change.replaceAll('%', users), undo.replaceAll('%', users), async () => {
    const { credentials, skipped } = await documentsOf('alice')
    expect(Object.keys(credentials ?? {})).toEqual(['unix'])
    expect(skipped.map(({ path }) => path)).toContain(users)
  })
})
