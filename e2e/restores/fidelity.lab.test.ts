import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awkwardDatabase } from '../../electron/core/restores/postgresql/awkward-database.ts'
import { awkwardSchema } from '../../electron/core/restores/sql/awkward-schema.ts'
import { describeMysql, describePostgresql } from '../lab/databases.ts'
import { different } from '../lab/different.ts'
import type { LabHost } from '../lab/lab.ts'
import { describeTree } from '../lab/tree.ts'
import { TwoServers } from '../lab/two-servers.ts'

/** Everything of one account that a restore must bring, each by the system's own tools. */
type Account = Record<'files' | 'mysql' | 'postgresql' | 'mail' | 'crontab', ReadonlyMap<string, string>>

/** Configuration of applications, which holds the new names. */
const rewritten = ['.my.cnf', 'app/.env', 'public_html/wp-config.php', 'shop/.env']

let servers: TwoServers
let original: Account

/**
 * What restores leave out by intent is left out here (docs/ARCHITECTURE.md §4): FIFOs, definers who are not the
 * account, and rights of other roles on single things.
 */
async function accountOn(host: LabHost, name: string): Promise<Account> {
  const databases = ['wp', 'shop', 'odd'].map((database) => `${name}_${database}`)
  const { stdout } = await host.exec(`crontab -u ${name} -l`)
  const mysql = await describeMysql(host, databases)
  const postgresql = await describePostgresql(host, [`${name}_app`])
  const plain = (text: string) => text.replaceAll(/^(--.*|GRANT .*;|)\n/gm, '')
  const definer = /(DEFINER=(["`]))root(?=\2@)/g
  return {
    files: await describeTree(host, `/home/${name}`, '-type p'),
    mysql: new Map([...mysql].map(([key, text]) => [key, text.replaceAll(definer, `$1${name}`)])),
    postgresql: new Map([...postgresql].map(([key, text]) => [key, plain(text)])),
    mail: await describeTree(host, `/var/vmail/${name}.example`),
    crontab: new Map([['crontab', stdout]]),
  }
}

beforeAll(async () => {
  servers = await TwoServers.start(
    { layer: 'seeded' },
    {
      prepare: 'true',
      prepareEmpty:
        'groupadd -g 5000 vmail; useradd -u 5000 -g vmail -d /var/vmail -s /usr/sbin/nologin vmail',
    },
  )
  const { host, holdfast } = servers.product
  const asked = await host.exec(
    'mariadb -NBe "SELECT CHARACTER_SET_NAME FROM information_schema.CHARACTER_SETS"',
  )
  await host.exec('mariadb -e "CREATE DATABASE alice_odd CHARACTER SET utf8mb4"')
  const schema = Buffer.from(awkwardSchema(asked.stdout.trim().split('\n')))
  await host.exec('mariadb --default-character-set=utf8mb4 alice_odd', { input: schema })
  const psql = 'cd / && psql -XAtqv ON_ERROR_STOP=1 -d alice_app'
  const awkward = `CREATE ROLE web; GRANT CREATE ON DATABASE alice_app TO alice; SET ROLE alice; ${awkwardDatabase}`
  await host.exec(psql, { input: Buffer.from(awkward), user: 'postgres' })
  await servers.onEmpty("runuser -u postgres -- psql -Xqc 'CREATE ROLE web'; useradd -M -u 1001 bob")
  original = await accountOn(host, 'alice')
  await holdfast.json(['backup', 'lab/alice'])
})

afterAll(() => servers[Symbol.asyncDispose]())

async function restore(name: string): Promise<string> {
  const map = name === 'alice' ? [] : ['--map', `domain:alice.example=${name}.example`]
  const args = ['restore', 'lab/alice@latest', '--to', `empty/${name}`, '--create', '--enable-cron', ...map]
  const { code, stdout, stderr } = await servers.product.holdfast.run([...args, '--confirm', name])
  expect([code, `${stdout}${stderr}`]).toEqual([0, expect.any(String)])
  return stdout
}

describe('an account with everything awkward in it, on an empty server', () => {
  test('is what it was: every file, table, message and cron line', async () => {
    await restore('alice')
    const now = await accountOn(servers.empty, 'alice')
    for (const part of ['files', 'mail', 'mysql', 'postgresql', 'crontab'] as const) {
      expect([part, now[part].size, different(original[part], now[part])]).toEqual([
        part,
        original[part].size,
        [],
      ])
    }
  })

  test('is the same under another name, as the mapping says', { tags: ['thorough'] }, async () => {
    await restore('zoe')
    const [uid = '', gid = ''] = (await servers.onEmpty('id -u zoe; id -g zoe')).trim().split('\n')
    const renamed = (text: string) =>
      text
        .replaceAll(/alice(?!@example)/g, 'zoe')
        .replaceAll(/(?<= )1000:1000(?= )/g, `${uid}:${gid}`)
        .replaceAll(/(?<=^# owner: )1000$/gm, uid)
        .replaceAll(/(?<=^# group: )1000$/gm, gid)
    const now = await accountOn(servers.empty, 'zoe')
    for (const part of ['files', 'mail', 'mysql', 'postgresql', 'crontab'] as const) {
      const wanted = new Map([...original[part]].map(([key, text]) => [renamed(key), renamed(text)]))
      const other = different(wanted, now[part]).filter(({ key }) => !rewritten.includes(key))
      expect([part, now[part].size, other]).toEqual([part, wanted.size, []])
    }
  })
})
