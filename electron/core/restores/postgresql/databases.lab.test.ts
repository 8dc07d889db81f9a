import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LabProduct } from '../../../../e2e/faults/lab-product.ts'
import { describePostgresql } from '../../../../e2e/lab/databases.ts'
import { awkwardDatabase } from './awkward-database.ts'

let product: LabProduct
let backup: string
let original: readonly string[]

beforeAll(async () => {
  product = await LabProduct.start({ layer: 'seeded', without: ['mariadb', 'dovecot', 'cron'] }, 'true')
  await asRoot('CREATE ROLE web; GRANT CREATE ON DATABASE alice_app TO alice')
  await asRoot(`SET ROLE alice; ${awkwardDatabase}`, 'alice_app')
  await asRoot(`ALTER DATABASE alice_app SET search_path TO "odd Schema", public; ALTER DATABASE alice_app SET work_mem = '5MB';
    COMMENT ON DATABASE alice_app IS 'the "app"'; GRANT CONNECT ON DATABASE alice_app TO web`)
  await product.holdfast.json(['backup', 'lab/alice', '--scope', 'databases'])
  backup = (await product.backups())[0]?.id ?? ''
  original = [await dumpOf('alice_app'), await propertiesOf('alice_app')]
})

afterAll(() => product[Symbol.asyncDispose]())

async function asRoot(sql: string, database = 'postgres'): Promise<string> {
  const client = `cd / && psql -XAtqv ON_ERROR_STOP=1 -d ${database}`
  return (await product.host.exec(client, { input: Buffer.from(sql), user: 'postgres' })).stdout
}

const dumpOf = async (database: string) =>
  (await describePostgresql(product.host, [database])).get(database) ?? ''

/** What a dump does not hold of a database. */
function propertiesOf(database: string): Promise<string> {
  return asRoot(`SELECT pg_get_userbyid(datdba), shobj_description(d.oid, 'pg_database'), datallowconn, setconfig,
    has_database_privilege('web', datname, 'CONNECT') FROM pg_database d
    LEFT JOIN pg_db_role_setting s ON setdatabase = d.oid WHERE datname = '${database}'`)
}

/** Databases, roles and schemas that restores make on their way. */
async function leftovers(database: string): Promise<string> {
  const names =
    "SELECT datname FROM pg_database WHERE datname ~ '^h[fo]_' UNION SELECT rolname FROM pg_roles WHERE rolname ~ '^hf_'"
  const schemas = await asRoot("SELECT nspname FROM pg_namespace WHERE nspname ~ '^h[fo]_'", database)
  return (await asRoot(names)) + schemas
}

function restore(...args: readonly string[]) {
  return product.holdfast.run(['restore', backup, '--scope', 'databases', ...args])
}

function jobOf({ stdout }: { readonly stdout: string }): string {
  return /- job: (\S+)/.exec(stdout)?.[1] ?? ''
}

function undo(ended: { readonly stdout: string }, account: string) {
  return product.holdfast.run(['undo', jobOf(ended), '--confirm', account])
}

describe('a database of another account', () => {
  test(
    'gets its names and its role, whose password is known; undo leaves nothing of them',
    { tags: ['thorough'] },
    async () => {
      const ended = await restore('--to', 'lab/carol', '--confirm', 'carol')
      expect(ended).toMatchObject({ code: 0 })
      const without = (text: string) =>
        text.replaceAll(/^-- Name: .*Type: ACL.*\n/gm, '').replaceAll(/^(--|GRANT .*|REVOKE .*)?\n/gm, '')
      const renamed = (await dumpOf('alice_app')).replaceAll(/(Owner: |OWNER TO )alice\b/g, '$1carol')
      expect(without(await dumpOf('carol_app'))).toBe(without(renamed))
      const login = 'PGPASSWORD=pg-alice psql -XAt -h localhost -U carol carol_app -c'
      const use = `"INSERT INTO author (mail) VALUES ('new') RETURNING seen"`
      expect((await product.host.exec(`${login} ${use}`)).stdout).toContain('x;')
      const rights = "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'carol'"
      expect(await asRoot(rights)).toBe('f|f|f\n')
      expect(await undo(ended, 'carol')).toMatchObject({ code: 0 })
      const left =
        "SELECT datname FROM pg_database WHERE datname LIKE 'carol%' UNION SELECT rolname FROM pg_roles WHERE rolname LIKE 'carol%'"
      expect(await asRoot(left)).toBe('')
      expect(await leftovers('alice_app')).toBe('')
    },
  )

  test('is not taken from somebody else', async () => {
    await asRoot('CREATE DATABASE bobs')
    const { code, stdout } = await restore('--to', 'lab/carol', '--map', 'db:alice_app=bobs', '--plan')
    expect([code, stdout]).toEqual([5, expect.stringContaining('bobs that does not belong to carol')])
  })
})

describe('one table', () => {
  const item = ['--item', 'databases/postgresql/alice_app/odd Schema.it\'s a "table"']
  const table = `"odd Schema"."it's a ""table"""`
  const sumOf = (name: string) =>
    asRoot(`SELECT count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM ${name} t`, 'alice_app')

  test('comes under another name, and undo removes it', { tags: ['thorough'] }, async () => {
    const before = await dumpOf('alice_app')
    const as = ['--table-as', 'table_restored_2026']
    const ended = await restore('--to', 'lab/alice', ...item, ...as, '--confirm', 'alice')
    expect(ended).toMatchObject({ code: 0 })
    expect(await sumOf('"odd Schema".table_restored_2026')).toBe(await sumOf(table))
    const next = 'INSERT INTO "odd Schema".table_restored_2026 (name) VALUES (1) RETURNING id'
    expect(await asRoot(`SET ROLE alice; ${next}`, 'alice_app')).toBe('20001\n')
    expect(await undo(ended, 'alice')).toMatchObject({ code: 0 })
    expect(await dumpOf('alice_app')).toBe(before)
    expect(await leftovers('alice_app')).toBe('')
  })

  test(
    'comes in place with its keys to others, and undo brings the damage back',
    { tags: ['thorough'] },
    async () => {
      const before = await dumpOf('alice_app')
      await asRoot(`SET ROLE alice; DELETE FROM ${table} WHERE id > 9`, 'alice_app')
      const damaged = await dumpOf('alice_app')
      const ended = await restore('--to', 'lab/alice', ...item, '--confirm', 'alice')
      expect(ended).toMatchObject({ code: 0 })
      expect(await dumpOf('alice_app')).toBe(before)
      expect(await undo(ended, 'alice')).toMatchObject({ code: 0 })
      expect(await dumpOf('alice_app')).toBe(damaged)
      expect(await leftovers('alice_app')).toBe('')
    },
  )

  test('that is gone comes back, and undo removes it again', { tags: ['thorough'] }, async () => {
    await asRoot('SET ROLE alice; DROP TABLE "Order"', 'alice_app')
    const before = await dumpOf('alice_app')
    const order = ['--item', 'databases/postgresql/alice_app/Order']
    const ended = await restore('--to', 'lab/alice', ...order, '--confirm', 'alice')
    expect(ended).toMatchObject({ code: 0 })
    expect(await asRoot('SELECT count(*) FROM public."Order"', 'alice_app')).toBe('2\n')
    expect(await undo(ended, 'alice')).toMatchObject({ code: 0 })
    expect(await dumpOf('alice_app')).toBe(before)
  })

  test('does not come in place while others hang on it', { tags: ['thorough'] }, async () => {
    const author = ['--item', 'databases/postgresql/alice_app/author']
    const { code, stdout } = await restore('--to', 'lab/alice', ...author, '--plan')
    expect([code, stdout]).toEqual([5, expect.stringContaining('view public.mails')])
  })
})

describe('a database of a plain login', () => {
  test('is made again in place, or stays as it is', { tags: ['thorough'] }, async () => {
    const [key] = await product.host.hostKeys()
    const login = ['--host', product.host.ip, '--user', 'alice', '--key', product.host.key]
    await product.holdfast.json(['server', 'add', 'mine', ...login, '--accept-host-key', key!.fingerprint])
    const named = "grep -rlZE 'db-alice|alice_(wp|shop)' /home/alice /srv/sites"
    await product.host.exec(`{ ${named} || true; } | xargs -0 rm -f`)
    const known = new Set((await product.backups()).map(({ id }) => id))
    await product.holdfast.json(['backup', 'mine/alice', '--scope', 'databases'])
    const own = (await product.backups()).find(({ id }) => !known.has(id))?.id ?? ''
    const restoreOwn = (...args: readonly string[]) =>
      product.holdfast.run(['restore', own, '--scope', 'databases', '--to', 'mine/alice', ...args])

    const before = await dumpOf('alice_app')
    const damage = 'DELETE FROM item; DROP VIEW few; DROP TABLE measure; CREATE VIEW holder AS TABLE item'
    await asRoot(`SET ROLE alice; ${damage}`, 'alice_app')
    const damaged = await dumpOf('alice_app')
    const plan = await restoreOwn('--plan')
    expect([plan.code, plan.stdout]).toEqual([0, expect.stringContaining('may not make databases')])
    expect(await restoreOwn('--confirm', 'alice')).toMatchObject({ code: 13 })
    expect(await dumpOf('alice_app')).toBe(damaged)
    await asRoot('DROP VIEW holder', 'alice_app')
    const ended = await restoreOwn('--confirm', 'alice')
    expect(ended).toMatchObject({ code: 0 })
    expect(await dumpOf('alice_app')).toBe(before)
    expect((await product.host.exec('ls -A ~alice | grep holdfast; true')).stdout).toBe('')
  })
})

// The last, for it leaves the database damaged.
describe('a database of the same account', () => {
  test(
    'comes back as it was, whoever is in it, and undo brings the damage back',
    { tags: ['thorough'] },
    async () => {
      await asRoot(
        `SET ROLE alice; DELETE FROM author; DROP VIEW few; DROP TABLE measure; CREATE TABLE public.extra(); SELECT lo_unlink(70001);
       ALTER DATABASE alice_app RESET work_mem; RESET ROLE; REVOKE CONNECT ON DATABASE alice_app FROM web`,
        'alice_app',
      )
      const damaged = [await dumpOf('alice_app'), await propertiesOf('alice_app')]
      const session = product.host.exec('cd / && psql -Xc "SELECT pg_sleep(600)" alice_app', {
        ...{ user: 'postgres', anyCode: true },
      })
      const plan = await restore('--to', 'lab/alice', '--plan')
      expect([plan.code, plan.stdout]).toEqual([0, expect.stringContaining('public.extra')])
      const ended = await restore('--to', 'lab/alice', '--confirm', 'alice')
      expect(ended).toMatchObject({ code: 0 })
      expect((await session).code).not.toBe(0)
      expect([await dumpOf('alice_app'), await propertiesOf('alice_app')]).toEqual(original)
      const login =
        "PGPASSWORD=pg-alice psql -XAt -h localhost -U alice alice_app -c 'SELECT count(*) FROM few'"
      expect((await product.host.exec(login)).stdout).toBe('4\n')
      expect(await leftovers('alice_app')).toBe('')

      expect(await undo(ended, 'alice')).toMatchObject({ code: 0 })
      expect([await dumpOf('alice_app'), await propertiesOf('alice_app')]).toEqual(damaged)
      expect(await leftovers('alice_app')).toBe('')
    },
  )
})
