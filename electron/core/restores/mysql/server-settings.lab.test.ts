import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeMysql } from '../../../../e2e/lab/databases.ts'
import { LabProduct } from '../../../../e2e/faults/lab-product.ts'

let product: LabProduct
let original: ReadonlyMap<string, string>
const databases = ['alice_wp', 'alice_shop', 'alice_old']
const trigger =
  'CREATE DEFINER=alice@localhost TRIGGER t_ai AFTER INSERT ON a FOR EACH ROW INSERT INTO log VALUES (NEW.id)'

beforeAll(async () => {
  product = await LabProduct.start({ layer: 'seeded', without: ['postgres', 'dovecot', 'cron'] }, 'true')
  await asRoot(`CREATE DATABASE alice_old; USE alice_old; CREATE TABLE a (id INT PRIMARY KEY, s TEXT); INSERT INTO a VALUES (1, 'x'); CREATE TABLE log (id INT);
    CREATE TABLE b (id INT PRIMARY KEY, a INT, FOREIGN KEY (a) REFERENCES a (id)); INSERT INTO b VALUES (7, 1);
    CREATE DEFINER=alice@localhost VIEW v AS SELECT id FROM a; CREATE DEFINER=alice@localhost PROCEDURE p() SELECT 1; ${trigger}`)
  await product.holdfast.json(['backup', 'lab/alice', '--scope', 'databases'])
  original = await describeMysql(product.host, databases)
}, 60_000)

afterAll(() => product[Symbol.asyncDispose]())

function asRoot(sql: string): Promise<string> {
  const client = 'mariadb --default-character-set=utf8mb4 -Nr'
  return product.host.exec(client, { input: Buffer.from(sql) }).then(({ stdout }) => stdout)
}

/** Starts the database server anew with other settings. */
async function restarted(settings: string): Promise<void> {
  await product.host
    .exec(`mariadb-admin shutdown; printf '[mysqld]\n${settings}\n' >/etc/mysql/mariadb.conf.d/99-test.cnf
    setsid mariadbd --user=mysql </dev/null >/dev/null 2>&1 & mariadb-admin --wait=60 ping`)
}

async function restore(database: string, ...more: readonly string[]) {
  const item = ['--item', `databases/mysql/${database}`]
  const to = ['--to', 'lab/alice', '--scope', 'databases']
  const { code, stdout, stderr } = await product.holdfast.run([
    ...['restore', 'lab/alice@latest', ...to, ...item, ...more],
  ])
  return { code, said: `${stdout}${stderr}`, job: /- job: (\S+)/.exec(stdout)?.[1] ?? '' }
}

const now = () => describeMysql(product.host, databases)

/** Without definers: a view of root's becomes the account's. */
const plain = (found: ReadonlyMap<string, string>) =>
  new Map([...found].map(([key, text]) => [key, text.replaceAll(/DEFINER=\S+/g, 'DEFINER')]))

test(
  'a server of old gets its tables one by one, and what it takes by hand only is not lost',
  { tags: ['thorough'] },
  async () => {
    await restarted('version=10.3.39-MariaDB')
    expect(await asRoot('SELECT VERSION()')).toContain('10.3.39')
    const refused = await restore('alice_old', '--plan')
    expect([refused.code, refused.said]).toEqual([5, expect.stringContaining('trigger t_ai')])
    await asRoot(
      "USE alice_old; DROP TRIGGER t_ai; DELETE FROM b; UPDATE a SET s='damaged'; CREATE TABLE extra (id INT)",
    )
    const plan = await restore('alice_old', '--plan')
    expect([plan.code, plan.said]).toEqual([
      0,
      expect.stringContaining('Only MariaDB 10.6.2 and later exchanges'),
    ])
    expect(plan.said).toContain('the tables of alice_old are removed, made and filled again one by one')
    expect(plan.said).toContain('were tried only on a newer server')
    const { code, said, job } = await restore('alice_old', '--confirm', 'alice')
    expect([code, said]).toEqual([0, expect.stringContaining('the trigger t_ai is taken by hand only')])
    expect(said).toContain(
      'the procedure p is taken by hand only on a server before MariaDB 10.6.2 and stays',
    )
    await asRoot(`USE alice_old; ${trigger}`)
    expect(plain(await now())).toEqual(plain(original))
    await asRoot('DROP TRIGGER alice_old.t_ai')
    const undone = await product.holdfast.run(['undo', job, '--confirm', 'alice'])
    expect([undone.code, undone.stderr]).toEqual([0, expect.any(String)])
    expect(
      await asRoot('SELECT s FROM alice_old.a; SELECT COUNT(*) FROM alice_old.b; SHOW TABLES IN alice_old'),
    ).toBe('damaged\n0\na\nb\nextra\nlog\nv\n')
  },
)

test(
  'a server that writes a binary log gets triggers and functions, since root may make them',
  { tags: ['thorough'] },
  async () => {
    const whole = await now()
    await restarted('log_bin=binlog\nserver_id=7')
    expect(await asRoot('SELECT @@log_bin, @@log_bin_trust_function_creators')).toBe('1\t0\n')
    await asRoot('USE alice_wp; DROP TRIGGER wp_posts_ai; DROP FUNCTION f_double; DELETE FROM wp_posts')
    const damaged = await now()
    const plan = await restore('alice_wp', '--plan')
    expect([plan.code, plan.said]).toEqual([0, expect.stringContaining('writes a binary log')])
    const done = await restore('alice_wp', '--confirm', 'alice')
    expect([done.code, done.said]).toEqual([0, expect.any(String)])
    expect(plain(await now())).toEqual(plain(whole))
    const undone = await product.holdfast.run(['undo', done.job, '--confirm', 'alice'])
    expect([undone.code, undone.stderr]).toEqual([0, expect.any(String)])
    expect(plain(await now())).toEqual(plain(damaged))
  },
)

test(
  'a function that such a server would not make again is in the way, with the setting that helps',
  { tags: ['thorough'] },
  async () => {
    await asRoot(`SET GLOBAL log_bin_trust_function_creators=1; CREATE DEFINER=alice@localhost FUNCTION alice_wp.f_unsafe() RETURNS INT RETURN 7;
    SET GLOBAL log_bin_trust_function_creators=0`)
    const { code, said } = await restore('alice_wp', '--plan')
    expect([code, said]).toEqual([5, expect.stringContaining('could not be put back: f_unsafe')])
    expect(said).toContain('SET GLOBAL log_bin_trust_function_creators=1')
    await asRoot('SET GLOBAL log_bin_trust_function_creators=1')
    expect((await restore('alice_wp', '--confirm', 'alice')).code).toBe(0)
    expect(await asRoot("SHOW FUNCTION STATUS LIKE 'f%'")).not.toContain('f_unsafe')
  },
)
