import { afterAll, beforeAll, expect, test } from 'vitest'
import { LabProduct } from './lab-product.ts'

interface Listed {
  readonly backups: readonly {
    readonly result: string
    readonly components: readonly { readonly kind: string; readonly name: string; readonly status: string }[]
  }[]
}

let lab: LabProduct
beforeAll(async () => {
  lab = await LabProduct.start({ layer: 'seeded', without: ['cron'] }, 'mkdir /var/vmail/zzz.example')
})
afterAll(() => lab[Symbol.asyncDispose]())

/** What a backup came to: its exit code, its result, and its components as `kind name status`. */
async function backup(scope: 'databases' | 'email') {
  const { code } = await lab.holdfast.run(['backup', 'lab/alice', '--scope', scope])
  const { backups } = (await lab.holdfast.json(['backups', 'lab/alice'])) as Listed
  const { result, components } = backups[0]!
  return { code, result, parts: components.map(({ kind, name, status }) => `${kind} ${name} ${status}`) }
}

const sources = async () => (await lab.holdfast.run(['sources', 'lab'])).stdout

test(
  'a server on which everything answers gives a whole backup, also with an empty mail domain',
  { tags: ['thorough'] },
  async () => {
    expect(await backup('email')).toEqual({
      code: 0,
      result: 'succeeded',
      parts: ['mail _local ok', 'mail alice.example ok'],
    })
    expect(await sources()).not.toContain('Could not be looked at')
  },
)

test.each([
  {
    service: 'MariaDB',
    stop: 'mariadb-admin shutdown',
    start: 'setsid mariadbd --user=mysql </dev/null >/dev/null 2>&1 & mariadb-admin --wait=20 ping',
    parts: ['mysql _unanswered missing', 'postgresql _server ok', 'postgresql alice_app ok'],
    said: /^ {2}mysql: .*could not be asked/m,
  },
  {
    service: 'PostgreSQL',
    stop: 'pg_ctlcluster -m fast 15 main stop',
    start: 'pg_ctlcluster 15 main start',
    parts: [
      'postgresql _unanswered missing',
      'mysql _server ok',
      'mysql alice_shop ok',
      'mysql alice_wp warnings',
    ],
    said: /^ {2}postgresql: .*could not be asked/m,
  },
])('a stopped $service makes the backup partial and is named', async ({ stop, start, parts, said }) => {
  await lab.host.exec(stop)
  try {
    expect(await backup('databases')).toEqual({ code: 3, result: 'partial', parts })
    expect(await sources()).toMatch(said)
    expect((await backup('email')).code).toBe(0)
  } finally {
    await lab.host.exec(start)
  }
})

test(
  'a stopped Dovecot makes a backup of mail partial, and one of databases not',
  { tags: ['thorough'] },
  async () => {
    await lab.host.exec('pkill -x dovecot; sleep 0.3')
    try {
      const mail = await backup('email')
      expect(mail).toMatchObject({ code: 3, result: 'partial' })
      expect(mail.parts).toContain('mail _unanswered missing')
      expect((await backup('databases')).code).toBe(0)
    } finally {
      await lab.host.exec('setsid dovecot -F </dev/null >/dev/null 2>&1 & sleep 0.5')
    }
  },
)

test('a gap of that kind can be accepted, and a server without any databases has none', async () => {
  await lab.host.exec('mariadb-admin shutdown')
  await lab.holdfast.run(['source', 'set', 'lab/alice', '--accept', 'component-failed:mysql'])
  expect((await backup('databases')).code).toBe(0)
  await lab.host.exec('pg_ctlcluster -m fast 15 main stop; rm -rf /var/lib/mysql /var/lib/postgresql')
  await lab.host.exec('rm -rf /usr/sbin/mariadbd /usr/sbin/mysqld /usr/lib/postgresql/15/bin/postgres')
  expect(await sources()).not.toContain('Could not be looked at')
})
