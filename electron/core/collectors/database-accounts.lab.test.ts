import { afterAll, beforeAll, expect, test } from 'vitest'
import { importMysql } from '../../../e2e/lab/databases.ts'
import { startHost, type LabHost } from '../../../e2e/lab/lab.ts'
import { logIn } from '../../../e2e/lab/login.ts'
import { labAccount, openArchive } from '../../../e2e/lab/tree.ts'
import { collectAlone } from './conformance.ts'
import { mysqlCollector } from './mysql.ts'
import { postgresqlCollector } from './postgresql.ts'
import type { Collector } from './collector.ts'
import type { DatabaseEngine } from '../../../shared/model/source.ts'

const services = { without: ['dovecot', 'cron'] } as const
let host: LabHost
let empty: LabHost
beforeAll(async () => {
  ;[host, empty] = await Promise.all([startHost({ layer: 'seeded', ...services }), startHost(services)])
})
afterAll(() => Promise.all([host[Symbol.asyncDispose](), empty[Symbol.asyncDispose]()]))

async function collect(
  collector: Collector,
  { engine, name, credentials = true }: { engine: DatabaseEngine; name: string; credentials?: boolean },
) {
  await using login = await logIn(host, 'root')
  const source = labAccount({ name: 'bob', databases: [{ engine, name, bytes: 0, evidence: [] }] })
  return await collectAlone(collector, { ...login, source, credentials })
}

const accounts = ["bob_owner@'%'", "'bob''s app'@'10.0.0.%'", 'bob_readers', 'bob_staff', 'bob@localhost']

/** What a MariaDB server says of the accounts, with their hashes. */
async function described(server: LabHost): Promise<string> {
  const questions = accounts.map((name) => `SHOW GRANTS FOR ${name}; SHOW CREATE USER ${name};`)
  return (await server.exec('mariadb -Nr --force', { input: questions.join('\n'), anyCode: true })).stdout
}

test('users of MariaDB come with their hosts, plugins, hashes, limits, grants, roles and default roles', async () => {
  await host.exec('mariadb', {
    input: `CREATE USER bob_owner@'%' IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('x') REQUIRE SSL
      WITH MAX_USER_CONNECTIONS 3;
    CREATE USER 'bob''s app'@'10.0.0.%' IDENTIFIED BY 'y'; CREATE USER stranger@localhost IDENTIFIED BY 'z';
    CREATE ROLE bob_readers; CREATE ROLE bob_staff; CREATE ROLE elsewhere;
    GRANT SELECT, EXECUTE ON \`bob\\_blog\`.* TO bob_readers; GRANT INSERT (id), UPDATE ON bob_blog.t TO bob_owner@'%';
    GRANT bob_readers TO bob_staff; GRANT bob_staff TO 'bob''s app'@'10.0.0.%'; GRANT elsewhere TO stranger@localhost;
    GRANT bob_readers TO bob_owner@'%' WITH ADMIN OPTION;
    SET DEFAULT ROLE bob_staff FOR 'bob''s app'@'10.0.0.%';`,
  })
  const { archive, warnings } = await collect(mysqlCollector, { engine: 'mysql', name: 'bob_blog' })
  expect(warnings).toEqual([])
  await importMysql(empty, archive, ['bob_blog'])
  const there = await described(host)
  expect(there).toMatch(/unix_socket OR mysql_native_password/)
  expect(there).toMatch(/SET DEFAULT ROLE `bob_staff` FOR `bob's app`@`10\.0\.0\.%`/)
  expect(await described(empty)).toBe(there)
  const { stdout } = await empty.exec('mariadb -Nr -e "SELECT User FROM mysql.user ORDER BY 1"')
  expect(stdout.split('\n').filter((name) => /bob|stranger|elsewhere|alice/.test(name))).toEqual([
    'bob',
    "bob's app",
    'bob_owner',
    'bob_readers',
    'bob_staff',
  ])
  const without = await collect(mysqlCollector, { engine: 'mysql', name: 'bob_blog', credentials: false })
  const text = await empty.exec(`cat ${await openArchive(empty, without.archive)}/databases/mysql/_*`)
  expect(text.stdout).toContain("GRANT 'bob_staff' TO 'bob''s app'@'10.0.0.%'")
  expect(text.stdout).not.toMatch(/IDENTIFIED|\*[0-9A-F]{40}/)
})

test('roles of PostgreSQL come with members of the owner, groups, settings and hashes, and the database with its own', async () => {
  await host.exec('cd / && psql -Xqv ON_ERROR_STOP=1', {
    user: 'postgres',
    input: `CREATE ROLE shop_owner; CREATE ROLE customers; CREATE ROLE watchers;
    CREATE ROLE shop_app LOGIN PASSWORD 'p' CONNECTION LIMIT 5 VALID UNTIL '2099-01-01' CREATEDB NOINHERIT;
    CREATE ROLE shop_reader LOGIN PASSWORD 'q' IN ROLE watchers;
    GRANT shop_owner TO shop_app WITH ADMIN OPTION; GRANT customers TO shop_app, alice;
    ALTER ROLE shop_app SET search_path = 'shop, public';
    CREATE DATABASE shop OWNER shop_owner ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8' TEMPLATE template0 CONNECTION LIMIT 9;
    REVOKE CONNECT ON DATABASE shop FROM PUBLIC; GRANT CONNECT ON DATABASE shop TO watchers;
    ALTER DATABASE shop SET work_mem = '8MB'; ALTER ROLE shop_app IN DATABASE shop SET timezone = 'UTC';
    COMMENT ON DATABASE shop IS 'the ''shop''';
    \\c shop
    CREATE EXTENSION citext;`,
  })
  for (const credentials of [true, false]) {
    const { archive, warnings } = await collect(postgresqlCollector, {
      ...{ engine: 'postgresql', name: 'shop' },
      credentials,
    })
    expect(warnings).toEqual([])
    const { stdout } = await empty.exec(
      `cat ${await openArchive(empty, archive)}/databases/postgresql/_roles.json`,
    )
    const { roles, databases } = JSON.parse(stdout) as {
      roles: Record<string, unknown>[]
      databases: object[]
    }
    expect(roles.map((role) => role['name'])).toEqual(['customers', 'shop_app', 'shop_owner', 'watchers'])
    expect(roles[1]).toMatchObject({
      ...{ login: true, inherit: false, createDatabase: true, connectionLimit: 5 },
      memberOf: ['customers', 'shop_owner'],
      memberships: [
        { role: 'customers', admin: false, inherit: null, set: null },
        { role: 'shop_owner', admin: true, inherit: null, set: null },
      ],
      settings: ['search_path="shop, public"'],
    })
    expect(roles[1]?.['validUntil']).toMatch(/^2099-01-01/)
    expect(stdout.includes('SCRAM-SHA-256$')).toBe(credentials)
    expect(databases).toEqual([
      {
        ...{ name: 'shop', owner: 'shop_owner', encoding: 'UTF8', collate: 'C', ctype: 'C.UTF-8' },
        ...{ localeProvider: 'c', locale: null, icuRules: null, comment: "the 'shop'", connectionLimit: 9 },
        acl: expect.arrayContaining(['watchers=c/shop_owner', '=T/shop_owner']) as unknown,
        settings: expect.arrayContaining([
          { role: null, settings: ['work_mem=8MB'] },
          { role: 'shop_app', settings: ['TimeZone=UTC'] },
        ]) as unknown,
        extensions: ['citext 1.6', 'plpgsql 1.0'],
      },
    ])
  }
})
