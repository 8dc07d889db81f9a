import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describePostgresql } from '../../../../e2e/lab/databases.ts'
import { startHost, type LabHost } from '../../../../e2e/lab/lab.ts'
import { logIn, realClock, type LabLogin } from '../../../../e2e/lab/login.ts'
import { Secret } from '../../secrets/secret.ts'
import { stepTrial } from '../mysql/step-trial.ts'
import { hostileEntries, traps } from './hostile-entries.ts'
import { importPostgresql } from './import-step.ts'

let host: LabHost
let login: LabLogin
let dump: Buffer

beforeAll(async () => {
  host = await startHost({ layer: 'seeded', without: ['mariadb', 'dovecot', 'cron'] })
  login = await logIn(host, 'root')
  dump = await dumpOf('alice_app')
})

afterAll(async () => {
  await login[Symbol.asyncDispose]()
  await host[Symbol.asyncDispose]()
})

async function dumpOf(database: string): Promise<Buffer> {
  const { stdout } = await host.exec(`cd / && pg_dump -Fc -Z0 ${database} | base64 -w0`, { user: 'postgres' })
  return Buffer.from(stdout, 'base64')
}

async function asRoot(sql: string, database = 'postgres'): Promise<string> {
  const client = `cd / && psql -XAtqv ON_ERROR_STOP=1 -d ${database}`
  return (await host.exec(client, { input: Buffer.from(sql), user: 'postgres' })).stdout
}

/** Everything of the server that a restore must leave alone, with what it makes on its way. */
async function serverState(): Promise<string> {
  const roles = 'SELECT a FROM pg_authid a ORDER BY rolname'
  const members = 'SELECT m FROM pg_auth_members m ORDER BY m::text'
  const databases = `SELECT datname, datdba, datallowconn, ARRAY(SELECT a::text FROM
    unnest(coalesce(datacl, acldefault('d', datdba))) a ORDER BY 1) FROM pg_database ORDER BY datname`
  const state = await asRoot(`${roles}; ${members}; ${databases}; SELECT s FROM pg_db_role_setting s`)
  const { stdout } = await host.exec(
    'ls -d /tmp/canary* /var/lib/postgresql/*/main/postgresql.auto.conf; true',
  )
  const auto = await host.exec('cat /var/lib/postgresql/*/main/postgresql.auto.conf')
  return state + stdout + auto.stdout
}

const trial = (options: Partial<Parameters<typeof stepTrial>[2]> = {}) =>
  stepTrial(login.shell, realClock, {
    ...{ dump, from: 'alice_app', database: 'alice_app', engine: 'postgresql' },
    ...options,
  })

type Trial = ReturnType<typeof trial>

describe('taking an import back', () => {
  const states = {
    'after preparing': async ({ step, context }) => importPostgresql.prepare?.(step, context),
    'after applying': async ({ step, context }) => {
      await importPostgresql.prepare?.(step, context)
      await importPostgresql.apply(step, context)
    },
    'where a crash came before the exchange': async ({ step, context }) => {
      await importPostgresql.prepare?.(step, context)
      await context.noteFacts({
        before: {
          oldOid: Number(await asRoot("SELECT oid FROM pg_database WHERE datname = 'alice_app'")),
          newOid: Number(await asRoot("SELECT oid FROM pg_database WHERE datname = 'hf_01234567'")),
        },
      })
      await asRoot('ALTER DATABASE alice_app ALLOW_CONNECTIONS false')
    },
    'of a table in place': async ({ context, step: whole }) => {
      const step = { ...whole, table: { name: 'public.item', as: 'item' } }
      await importPostgresql.prepare?.(step, context)
      await importPostgresql.apply(step, context)
      await importPostgresql.rollback(step, context)
    },
    'of a plain login': async ({ context, step: whole }) => {
      await using own = await logIn(host, 'alice')
      const secret = new Secret('pg-alice')
      const found = { engine: 'postgresql', host: null, port: null, socket: null, user: 'alice', from: '' }
      const look = { loginsOf: () => [{ ...found, password: secret, databases: ['alice_app'] }] }
      const target = { ...context.target, shell: own.shell, look }
      const there = { ...context, target, request: { to: { account: 'alice' } } } as unknown as typeof context
      const step = { ...whole, method: 'in-place' as const }
      await importPostgresql.prepare?.(step, there)
      await importPostgresql.apply(step, there)
      expect(await asRoot('SELECT count(*) FROM names', 'alice_app')).toBe('1\n')
      await importPostgresql.rollback(step, there)
    },
  } satisfies Record<string, (trial: Trial) => Promise<void>>

  test.each(Object.entries(states))(
    '%s leaves everything as it was',
    { tags: ['thorough'] },
    async (_name, reach) => {
      await asRoot('SET ROLE alice; CREATE TABLE extra (id int); DROP VIEW IF EXISTS names', 'alice_app')
      const before = [await describePostgresql(host, ['alice_app']), await serverState()]
      const one = trial()
      await reach(one)
      await importPostgresql.rollback(one.step, one.context)
      await importPostgresql.rollback(one.step, one.context)
      expect([await describePostgresql(host, ['alice_app']), await serverState()]).toEqual(before)
      await asRoot('DROP TABLE extra', 'alice_app')
    },
  )
})

/** Things whose definitions hostile statements take the place of, by how they are made. */
const shapes = {
  VIEW: (name: string, filler: string) => `CREATE VIEW ${name} AS SELECT '${filler}'::text AS t`,
  FUNCTION: (name: string, filler: string) =>
    `CREATE FUNCTION ${name}() RETURNS text LANGUAGE sql AS $$SELECT '${filler}'$$`,
} as const

/** Puts statements in the place of those that make things of one kind, so that no length in the dump changes. */
async function hostileDump(
  statements: readonly string[],
  kind: keyof typeof shapes = 'VIEW',
): Promise<Buffer> {
  const names = statements.map((_sql, at) => `public.evil_${at}_`)
  const make = names.map((name) => shapes[kind](name, 'x'.repeat(300)))
  await asRoot(`SET ROLE alice; ${make.join(';\n')}`, 'alice_app')
  const hostile = await dumpOf('alice_app')
  await asRoot(names.map((name) => `DROP ${kind} ${name};`).join(''), 'alice_app')
  for (const [at, sql] of statements.entries()) {
    const from = hostile.indexOf(`CREATE ${kind} public.evil_${at}_`)
    const to = hostile.indexOf(';\n', from)
    expect(sql.length).toBeLessThan(to - from)
    hostile.write(sql.padEnd(to - from), from, 'latin1')
  }
  return hostile
}

describe('a dump', () => {
  const losing =
    "CREATE FUNCTION public.lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; CREATE TRIGGER lose BEFORE INSERT ON public.item FOR EACH ROW EXECUTE FUNCTION public.lose()"
  test.each([
    ['is cut', 'has no end', () => Promise.resolve(dump.subarray(0, dump.length - 9))],
    ['loses rows on its way', 'public.item: 0 of 1 rows', () => hostileDump([losing])],
    [
      'cannot be read',
      'did not take the table data public.Order',
      () => Promise.resolve(Buffer.from(dump.toString('latin1').replace('100\ta\n', '100\t\\\n'), 'latin1')),
    ],
  ])('that %s is not taken into use', async (_what, why, make) => {
    const one = trial({ dump: await make() })
    const before = [await describePostgresql(host, ['alice_app']), await serverState()]
    await expect(importPostgresql.prepare?.(one.step, one.context)).rejects.toThrow(why)
    await importPostgresql.rollback(one.step, one.context)
    expect([await describePostgresql(host, ['alice_app']), await serverState()]).toEqual(before)
  })
})

test('what pg_restore logs in with is out of reach of other programs of the user that it runs as', async () => {
  const waiting = '#!/bin/sh\nwhile [ ! -e /tmp/go ]; do sleep 0.1; done\nexec /opt/pg_restore "$@"\n'
  const place = 'ln -s "$(readlink -f /usr/bin/pg_restore)" /opt/pg_restore; rm /usr/bin/pg_restore'
  await host.exec(`${place}; cat >/usr/bin/pg_restore; chmod 755 /usr/bin/pg_restore`, {
    input: Buffer.from(waiting),
  })
  const one = trial()
  const prepared = Promise.resolve(importPostgresql.prepare?.(one.step, one.context))
  const reach = `for tries in $(seq 300); do
      pid=$(pgrep -u nobody -f '^/bin/sh /usr/bin/pg_restore') && break
      sleep 0.1
    done
    runuser -u nobody -- cat /proc/$pid/fd/7 /proc/$pid/fd/8 /proc/$pid/environ 2>&1
    head -1 /proc/$pid/fd/7; touch /tmp/go`
  const { stdout } = await host.exec(reach, { anyCode: true })
  await prepared
  await importPostgresql.rollback(one.step, one.context)
  await host.exec('rm /tmp/go; mv /opt/pg_restore /usr/bin/pg_restore')
  expect(stdout).toMatch(/^(cat: .*: Permission denied\n){3}\[holdfast\]\n$/)
})

describe('a hostile dump', () => {
  test.each([
    ['one table of it', { name: 'public.item', as: 'item_restored' }],
    ['whole', null],
  ])('does nothing to the server, and nobody of it runs its programs: %s', async (_what, table) => {
    const made = traps.map((sql, at) => `${sql}; CREATE VIEW public.evil_${at}_ AS SELECT 1 AS t`)
    const statements = [...made, ...hostileEntries]
    const kind = table === null ? 'VIEW' : 'FUNCTION'
    const one = trial({ dump: await hostileDump(statements, kind), table })
    const before = await serverState()
    await importPostgresql.prepare?.(one.step, one.context)
    await importPostgresql.apply(one.step, one.context)
    await importPostgresql.check(one.step, one.context)
    await importPostgresql.commit(one.step, one.context)
    expect(await serverState()).toBe(before)
    const owners =
      "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    expect(await asRoot(owners, 'alice_app')).toBe('alice\n')
    const extensions = await asRoot('SELECT extname FROM pg_extension', 'alice_app')
    expect(extensions).toBe('plpgsql\n')
    if (table === null) expect(one.remarks.length).toBeGreaterThan(hostileEntries.length - 5)
  })
})
