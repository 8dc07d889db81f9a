import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeMysql, importMysql } from '../../../e2e/lab/databases.ts'
import { startHost, type LabHost } from '../../../e2e/lab/lab.ts'
import { logIn } from '../../../e2e/lab/login.ts'
import { labAccount, leftoversOn, openArchive } from '../../../e2e/lab/tree.ts'
import { Secret } from '../secrets/secret.ts'
import { collectAlone, describeCollector } from './conformance.ts'
import { mysqlCollector } from './mysql.ts'
import type { DatabaseLogin } from './collector.ts'
import type { SourceDatabase } from '../../../shared/model/source.ts'

const services = { without: ['postgres', 'dovecot', 'cron'] } as const

const databasesOf = (...names: string[]): SourceDatabase[] =>
  names.map((name) => ({ engine: 'mysql', name, bytes: 0, evidence: [] }))

const login = (user: string, password: string, ...databases: string[]): DatabaseLogin => ({
  engine: 'mysql',
  host: null,
  port: null,
  socket: null,
  user,
  password: new Secret(password),
  databases,
  from: `/home/${user}/.my.cnf`,
})

describe('the mysql collector', () => {
  let host: LabHost
  let empty: LabHost
  beforeAll(async () => {
    ;[host, empty] = await Promise.all([startHost({ layer: 'seeded', ...services }), startHost(services)])
  })
  afterAll(() => Promise.all([host[Symbol.asyncDispose](), empty[Symbol.asyncDispose]()]))

  const names = ['alice_shop', 'alice_wp']
  const trial = {
    collector: mysqlCollector,
    live: () => describeMysql(host, names),
    stored: async (archive: Buffer) => {
      await empty.exec(`mariadb -e "${names.map((name) => `DROP DATABASE IF EXISTS ${name};`).join('')}"`)
      await importMysql(empty, archive, names)
      return describeMysql(empty, names)
    },
    gaps: ['non-transactional-table databases/mysql/alice_wp/wp_log'],
    leftovers: () => leftoversOn(host),
  }

  describe.each([
    ['root', {}],
    ['ops', { sudo: { password: 'pw-ops' } }],
  ] as const)('with a login as %s', (user, options) => {
    describeCollector({
      ...trial,
      subject: async () => ({
        ...(await logIn(host, user, options)),
        source: labAccount({ name: 'alice', databases: databasesOf(...names) }),
      }),
    })
  })

  describe('with a login as the account itself', () => {
    describeCollector({
      ...trial,
      subject: async () => ({
        ...(await logIn(host, 'alice')),
        source: labAccount({ name: 'alice', databases: databasesOf(...names) }),
        databaseLogins: [login('alice', 'db-alice', ...names)],
      }),
    })
  })

  test('what cannot be dumped is named, and the rest is there', async () => {
    await using subject = await logIn(host, 'root')
    const source = labAccount({ name: 'erin', databases: databasesOf('erin_odd') })
    const { archive, warnings, components } = await collectAlone(mysqlCollector, { ...subject, source })
    expect(warnings.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
      'definer-missing databases/mysql/erin_odd/missing_definer',
      'view-broken databases/mysql/erin_odd/broken',
    ])
    expect(components.map(({ name, status }) => [name, status])).toEqual([
      ['_server', 'ok'],
      ['erin_odd', 'warnings'],
    ])
    await importMysql(empty, archive, ['erin_odd'])
    const [live, stored] = [await describeMysql(host, ['erin_odd']), await describeMysql(empty, ['erin_odd'])]
    live.delete('erin_odd: VIEW broken')
    expect(Object.fromEntries(stored)).toEqual(Object.fromEntries(live))
  })

  test('a routine that the login may not read is named, and the rest is there', async () => {
    await using subject = await logIn(host, 'erin')
    const source = labAccount({ name: 'erin', databases: databasesOf('erin_odd') })
    const databaseLogins = [login('erin', 'db-erin', 'erin_odd')]
    const { archive, warnings } = await collectAlone(mysqlCollector, { ...subject, source, databaseLogins })
    expect(warnings.map(({ code, path }) => `${code} ${path}`).sort()).toEqual([
      'routine-unreadable databases/mysql/erin_odd/owned_by_root',
      'view-broken databases/mysql/erin_odd/broken',
    ])
    const folder = await openArchive(empty, archive)
    const { stdout } = await empty.exec(`cat ${folder}/databases/mysql/erin_odd.sql`)
    expect(stdout).toMatch(/INSERT INTO `good` VALUES\n\(1\),\n\(2\),\n\(3\);/)
    expect(stdout).toMatch(/-- Dump completed\n$/)
  })

  async function collectAs(user: string, privileges: string) {
    const sql = `CREATE USER ${user}@localhost IDENTIFIED BY 'r'; GRANT ${privileges} ON \`bob\\_blog\`.* TO ${user}@localhost;`
    await host.exec('mariadb', { input: Buffer.from(sql) })
    await using subject = await logIn(host, 'bob')
    const source = labAccount({ name: 'bob', databases: databasesOf('bob_blog') })
    const databaseLogins = [login(user, 'r', 'bob_blog')]
    return await collectAlone(mysqlCollector, { ...subject, source, databaseLogins })
  }

  test('a login that is not shown triggers says that there may be some', async () => {
    const { skipped, warnings } = await collectAs('reader', 'SELECT, SHOW VIEW, EVENT')
    expect(warnings).toEqual([])
    expect(skipped).toEqual([
      {
        path: 'databases/mysql/bob_blog',
        why: 'This database may have triggers: this login would not be shown them.',
      },
    ])
  })

  test('a login that may only read gets all rows, and what it may not read is named', async () => {
    const { archive, warnings, components } = await collectAs('poor', 'SELECT, LOCK TABLES')
    expect(warnings).toEqual([
      {
        code: 'not-permitted',
        path: 'databases/mysql/bob_blog',
        note: 'This login may not read the events of this database; they are left out.',
      },
    ])
    expect(components.find(({ name }) => name === 'bob_blog')).toMatchObject({ status: 'warnings', gaps: 1 })
    const dump = `${await openArchive(empty, archive)}/databases/mysql/bob_blog.sql`
    const { stdout } = await empty.exec(`cat ${dump}`)
    expect(stdout).toMatch(/INSERT INTO `t` VALUES\n\(1\),\n\(2\);/)
    expect(stdout).toMatch(/-- Dump completed\n$/)
  })

  test('hashes are left out where credentials are not wanted, and the setup still runs', async () => {
    await using subject = await logIn(host, 'root')
    const source = labAccount({ name: 'bob', databases: databasesOf('bob_blog') })
    const { archive } = await collectAlone(mysqlCollector, { ...subject, source, credentials: false })
    const folder = await openArchive(empty, archive)
    const { stdout } = await empty.exec(`cd ${folder}/databases/mysql && ls && cat _setup.sql _grants.json`)
    expect(stdout).not.toMatch(/_users|IDENTIFIED|\*[0-9A-F]{40}/)
    await importMysql(empty, archive, ['bob_blog'])
    const grants = (await empty.exec('mariadb -Nr -e "SHOW GRANTS FOR bob@localhost"')).stdout
    expect(grants).toContain('GRANT ALL PRIVILEGES ON `bob\\_%`.* TO `bob`@`localhost`')
    expect((await empty.exec('mariadb -ubob -pdb-bob -e "SELECT 1"', { anyCode: true })).code).not.toBe(0)
  })

  test('databases and tables with any name come out exactly, and nothing of a name is executed', async () => {
    const odd = [
      '--help',
      'a`b',
      'two words',
      "it's",
      '日本',
      'x$(touch %)y',
      'semi;colon',
      'alice\\_wp',
      '"quoted"',
      'a.b',
      '%',
    ]
    const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``
    const sql = odd.map(
      (name) => `CREATE DATABASE ${quoted(name)}; USE ${quoted(name)};
        CREATE TABLE ${quoted(`t ${name}`)} (id INT); INSERT INTO ${quoted(`t ${name}`)} VALUES (7);`,
    )
    await host.exec('mariadb --default-character-set=utf8mb4', { input: sql.join('\n') })
    await using subject = await logIn(host, 'root')
    const source = labAccount({ name: 'alice', databases: databasesOf(...odd) })
    const { archive, warnings, components } = await collectAlone(mysqlCollector, { ...subject, source })
    expect(warnings).toEqual([])
    expect(components.map(({ name }) => name)).toEqual(['_server', ...odd])
    await importMysql(empty, archive, odd)
    expect(Object.fromEntries(await describeMysql(empty, odd))).toEqual(
      Object.fromEntries(await describeMysql(host, odd)),
    )
  })

  test('tables are noted where they lie in the dump', async () => {
    const noted: string[] = []
    await using subject = await logIn(host, 'root')
    const source = labAccount({ name: 'bob', databases: databasesOf('bob_blog') })
    const context = { ...subject, source }
    const { archive } = await collectAlone(
      {
        ...mysqlCollector,
        collect: (inner) =>
          mysqlCollector.collect({
            ...inner,
            component: (kind, name) => {
              const component = inner.component(kind, name)
              const part = component.part.bind(component)
              component.part = (one) => {
                noted.push(`${one.name} ${one.from} ${one.to}`)
                part(one)
              }
              return component
            },
          }),
      },
      context,
    )
    const [table, from, to] = noted[0]!.split(' ')
    expect(table).toBe('t')
    const folder = await openArchive(empty, archive)
    const cut = `tail -c +$((${from} + 1)) ${folder}/databases/mysql/bob_blog.sql | head -c $((${to} - ${from}))`
    expect((await empty.exec(cut)).stdout).toMatch(/^--\n-- Table structure for table `t`[^]*INSERT INTO `t`/)
  })
})
