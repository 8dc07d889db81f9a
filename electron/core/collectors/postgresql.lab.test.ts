import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describePostgresql, importPostgresql } from '../../../e2e/lab/databases.ts'
import { startHost, type LabHost } from '../../../e2e/lab/lab.ts'
import { logIn } from '../../../e2e/lab/login.ts'
import { labAccount, leftoversOn, openArchive } from '../../../e2e/lab/tree.ts'
import { Secret } from '../secrets/secret.ts'
import { collectAlone, describeCollector } from './conformance.ts'
import { postgresqlCollector } from './postgresql.ts'
import type { SourceDatabase } from '../../../shared/model/source.ts'
import type { DatabaseLogin } from './collector.ts'

const services = { without: ['mariadb', 'dovecot', 'cron'] } as const

const databasesOf = (...names: string[]): SourceDatabase[] =>
  names.map((name) => ({ engine: 'postgresql', name, bytes: 0, evidence: [] }))

const login = (password: string, ...databases: string[]): DatabaseLogin => ({
  engine: 'postgresql',
  host: null,
  port: null,
  socket: null,
  user: 'alice',
  password: new Secret(password),
  databases,
  from: '/home/alice/app/.env',
})

describe('the postgresql collector', () => {
  let host: LabHost
  let empty: LabHost
  beforeAll(async () => {
    ;[host, empty] = await Promise.all([startHost({ layer: 'seeded', ...services }), startHost(services)])
  })
  afterAll(() => Promise.all([host[Symbol.asyncDispose](), empty[Symbol.asyncDispose]()]))

  const trial = {
    collector: postgresqlCollector,
    live: () => describePostgresql(host, ['alice_app']),
    stored: async (archive: Buffer) => {
      await importPostgresql(empty, archive, { databases: ['alice_app'], owner: 'alice' })
      return describePostgresql(empty, ['alice_app'])
    },
    gaps: [],
    leftovers: () => leftoversOn(host),
  }
  const source = labAccount({ name: 'alice', databases: databasesOf('alice_app') })

  describe('with a login as root', () => {
    describeCollector({ ...trial, subject: async () => ({ ...(await logIn(host, 'root')), source }) })
  })

  describe.each([
    ['a password from its configuration', 'pg-alice'],
    ['nothing but its name', ''],
  ])('with a login as the account itself, and %s', (_what, password) => {
    describeCollector({
      ...trial,
      subject: async () => ({
        ...(await logIn(host, 'alice')),
        source,
        databaseLogins: [login(password, 'alice_app')],
      }),
    })
  })

  test('databases with any name come out exactly', async () => {
    const odd = [
      '--help',
      "it's",
      'two words',
      '日本',
      'dbname=postgres',
      'x$(touch %)y',
      'back\\slash',
      '"q"',
    ]
    const sql = odd.map((name) => `CREATE DATABASE "${name.replaceAll('"', '""')}" OWNER alice;`).join('\n')
    await host.exec('cd / && psql -Xqv ON_ERROR_STOP=1', { input: Buffer.from(sql), user: 'postgres' })
    await using subject = await logIn(host, 'root')
    const named = labAccount({ name: 'alice', databases: databasesOf(...odd) })
    const { warnings, components } = await collectAlone(postgresqlCollector, { ...subject, source: named })
    expect(warnings).toEqual([])
    expect(components.map(({ name }) => name)).toEqual(['_server', ...odd])
  })

  test('roles come with their hashes, or without them where credentials are not wanted', async () => {
    for (const credentials of [true, false]) {
      await using subject = await logIn(host, 'root')
      const { archive } = await collectAlone(postgresqlCollector, { ...subject, source, credentials })
      const folder = await openArchive(empty, archive)
      const { stdout } = await empty.exec(`cat ${folder}/databases/postgresql/_roles.json`)
      const { roles, databases } = JSON.parse(stdout) as {
        roles: { name: string; password?: string }[]
        databases: object[]
      }
      expect(roles.map(({ name }) => name)).toEqual(['alice'])
      expect(roles[0]?.password?.startsWith('SCRAM-SHA-256$') ?? false).toBe(credentials)
      expect(databases).toMatchObject([{ name: 'alice_app', owner: 'alice', encoding: 'UTF8' }])
    }
  })

  test('functions of an owner that are called like those of the catalogue do not run as us', async () => {
    const trap = `CREATE FUNCTION to_jsonb(pg_database) RETURNS jsonb LANGUAGE plpgsql
      AS 'BEGIN ALTER ROLE alice SUPERUSER; RETURN NULL; END'`
    const psql = (sql: string) =>
      host.exec('cd / && psql -XAtq alice_app', { input: Buffer.from(sql), user: 'postgres' })
    await psql(`SET ROLE alice; ${trap}; ALTER DATABASE alice_app SET search_path = public, pg_catalog`)
    await using subject = await logIn(host, 'root')
    const { warnings } = await collectAlone(postgresqlCollector, { ...subject, source })
    expect(warnings).toEqual([])
    expect((await psql("SELECT rolsuper FROM pg_roles WHERE rolname = 'alice'")).stdout).toBe('f\n')
    await psql('DROP FUNCTION to_jsonb(pg_database); ALTER DATABASE alice_app RESET search_path')
  })

  test('a table that the login may not read is named, and the rest is there', async () => {
    await host.exec('cd / && psql -Xq alice_app', {
      input: Buffer.from('CREATE TABLE "of postgres" (id int);'),
      user: 'postgres',
    })
    await using subject = await logIn(host, 'alice')
    const databaseLogins = [login('pg-alice', 'alice_app')]
    const { warnings, components } = await collectAlone(postgresqlCollector, {
      ...subject,
      source,
      databaseLogins,
    })
    expect(warnings.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'table-failed databases/postgresql/alice_app/public.of postgres',
    ])
    expect(components.at(-1)).toMatchObject({ name: 'alice_app', status: 'warnings' })
    await host.exec('cd / && psql -Xqc "DROP TABLE \\"of postgres\\"" alice_app', { user: 'postgres' })
  })

  const fake = (body: string) =>
    host.exec('rm -f /usr/bin/pg_dump; cat > /usr/bin/pg_dump; chmod 755 /usr/bin/pg_dump', {
      input: Buffer.from(`#!/bin/sh\n${body}\n`),
    })

  test.each([
    ['dies in the middle', '/usr/lib/postgresql/15/bin/pg_dump "$@" | head -c 3000; kill -9 $$'],
    [
      'ends with an error after some output',
      '/usr/lib/postgresql/15/bin/pg_dump "$@" | head -c 3000; exit 1',
    ],
    ['ends with an error after all of its output', '/usr/lib/postgresql/15/bin/pg_dump "$@"; exit 1'],
    ['says that all is well and stops early', '/usr/lib/postgresql/15/bin/pg_dump "$@" | head -c 3000'],
    [
      'says that all is well and stops one byte early',
      '/usr/lib/postgresql/15/bin/pg_dump "$@" | head -c -1',
    ],
    ['says that all is well and writes nothing', 'exit 0'],
  ])('a pg_dump that %s leaves nothing in the archive', async (_what, body) => {
    try {
      await using subject = await logIn(host, 'root')
      await fake('/usr/lib/postgresql/15/bin/pg_dump "$@"')
      const whole = await collectAlone(postgresqlCollector, { ...subject, source })
      expect(whole.warnings).toEqual([])
      await fake(body)
      const { archive, warnings, components } = await collectAlone(postgresqlCollector, {
        ...subject,
        source,
      })
      expect(warnings.map(({ code, path }) => `${code} ${path}`)).toEqual([
        'database-failed databases/postgresql/alice_app',
      ])
      expect(components.at(-1)).toMatchObject({ name: 'alice_app', status: 'missing', items: 0, bytes: 0 })
      const folder = await openArchive(empty, archive)
      expect((await empty.exec(`ls ${folder}/databases/postgresql`)).stdout).toBe('_roles.json\n')
    } finally {
      await host.exec(`ln -sf ../share/postgresql-common/pg_wrapper /usr/bin/pg_dump`)
    }
  })
})
