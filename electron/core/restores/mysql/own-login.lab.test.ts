import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LabProduct } from '../../../../e2e/faults/lab-product.ts'
import { describeMysql } from '../../../../e2e/lab/databases.ts'

let product: LabProduct
let original: ReadonlyMap<string, string>

beforeAll(async () => {
  product = await LabProduct.start({ layer: 'seeded', without: ['postgres', 'dovecot', 'cron'] }, 'true')
  const { host, holdfast } = product
  await asOwn(`CREATE TABLE parent (id INT PRIMARY KEY, v VARCHAR(9)); INSERT INTO parent VALUES (1,'a'),(2,'b');
    CREATE TABLE child (id INT PRIMARY KEY, p INT, FOREIGN KEY (p) REFERENCES parent (id)); INSERT INTO child VALUES (1,2);
    CREATE SEQUENCE numbers START WITH 7; CREATE TABLE numbered (id BIGINT DEFAULT NEXT VALUE FOR numbers PRIMARY KEY);
    INSERT INTO numbered VALUES (),(); CREATE VIEW few AS SELECT s FROM t;
    CREATE PROCEDURE tell() SELECT COUNT(*) FROM few; CREATE FUNCTION twice(x INT) RETURNS INT RETURN x*2;
    CREATE TRIGGER keep BEFORE INSERT ON parent FOR EACH ROW SET NEW.v = UPPER(NEW.v);
    CREATE EVENT tidy ON SCHEDULE EVERY 1 DAY DO DELETE FROM child WHERE id < 0;`)
  original = await found()
  const [key] = await host.hostKeys()
  const login = ['--host', host.ip, '--user', 'plain', '--key', host.key]
  await holdfast.json(['server', 'add', 'own', ...login, '--accept-host-key', key!.fingerprint])
  await holdfast.json(['backup', 'own/plain', '--scope', 'databases'])
})

afterAll(() => product[Symbol.asyncDispose]())

/** As the account does it, so that what is made is its own. */
async function asOwn(sql: string): Promise<string> {
  const client = 'mariadb -Nr plain_blog'
  return (await product.host.exec(client, { input: Buffer.from(sql), user: 'plain' })).stdout
}

const found = () => describeMysql(product.host, ['plain_blog'])

const to = ['--scope', 'databases', '--to', 'own/plain']

async function backup(): Promise<string> {
  const [first] = [...(await product.backups())].reverse()
  return first?.id ?? ''
}

async function restore(...args: readonly string[]) {
  const ended = await product.holdfast.run(['restore', await backup(), ...to, ...args])
  return { ...ended, job: /- job: (\S+)/.exec(ended.stdout)?.[1] ?? '' }
}

async function leftovers(): Promise<string> {
  return (await product.host.exec('ls -A ~plain | grep holdfast; true')).stdout
}

describe('a database of a plain login', () => {
  test('is replaced table by table, and undo brings the damage back', { tags: ['thorough'] }, async () => {
    await asOwn(`SET foreign_key_checks=0; DROP TABLE parent; UPDATE t SET s='x'; DROP FUNCTION twice; DROP VIEW few;
      CREATE TABLE few (id INT); CREATE TABLE extra (id INT); DROP EVENT tidy; DROP TABLE numbered`)
    const damaged = await found()
    const plan = await restore('--plan')
    expect([plan.code, plan.stdout]).toEqual([0, expect.stringContaining('which is not atomic')])
    expect(plan.stdout).toMatch(/for about \d+ s the site may see tables/)
    const ended = await restore('--confirm', 'plain')
    expect([ended.code, ended.stdout + ended.stderr]).toEqual([0, expect.any(String)])
    expect(await found()).toEqual(original)
    expect(await leftovers()).toBe('')
    const undone = await product.holdfast.run(['undo', ended.job, '--confirm', 'plain'])
    expect([undone.code, undone.stdout + undone.stderr]).toEqual([0, expect.any(String)])
    expect(await found()).toEqual(damaged)
    expect(await leftovers()).toBe('')

    expect(await restore('--keep-extra', '--confirm', 'plain')).toMatchObject({ code: 0 })
    const kept = await found()
    expect([...kept.keys()].filter((key) => !original.has(key))).toEqual(['plain_blog: BASE TABLE extra'])
    await asOwn('DROP TABLE extra')
    expect(await found()).toEqual(original)
  })

  test(
    'gets one table, in place or under another name, and undo takes it away again',
    { tags: ['thorough'] },
    async () => {
      const item = ['--item', 'databases/mysql/plain_blog/parent']
      const copied = await restore(...item, '--table-as', 'parent_restored', '--confirm', 'plain')
      expect(copied).toMatchObject({ code: 0 })
      const sums = (await asOwn('CHECKSUM TABLE parent, parent_restored')).trim().split('\n')
      expect(new Set(sums.map((line) => line.split('\t')[1])).size).toBe(1)
      expect(await product.holdfast.run(['undo', copied.job, '--confirm', 'plain'])).toMatchObject({
        code: 0,
      })
      expect(await found()).toEqual(original)

      await asOwn('SET foreign_key_checks=0; DROP TABLE parent')
      const without = await found()
      const plan = await restore(...item, '--plan')
      expect([plan.code, plan.stdout]).toEqual([0, expect.stringContaining('plain_blog.child → parent')])
      const ended = await restore(...item, '--confirm', 'plain')
      expect(ended).toMatchObject({ code: 0 })
      expect(await found()).toEqual(original)
      const undone = await product.holdfast.run(['undo', ended.job, '--confirm', 'plain'])
      expect([undone.code, undone.stdout + undone.stderr]).toEqual([0, expect.any(String)])
      expect(await found()).toEqual(without)
    },
  )

  // Without the table that the test before took away.
  test(
    'is old or new when the client is killed half way, after resume or rollback',
    { tags: ['thorough'] },
    async () => {
      await asOwn(`UPDATE t SET s='x'; DELETE FROM child; DROP PROCEDURE tell`)
      const damaged = await found()
      for (const [wayOut, wanted] of [
        ['rollback', damaged],
        ['resume', original],
      ] as const) {
        const running = await product.until(
          /"text":"Put the tables of plain_blog/,
          ...['restore', await backup(), ...to, '--confirm', 'plain'],
        )
        running.child.kill('SIGKILL')
        const job = (await product.newestJob())?.id ?? ''
        const ended = await product.holdfast.run(['restore', wayOut, job])
        expect([wayOut, ended.code, ended.stdout + ended.stderr]).toEqual([wayOut, 0, expect.any(String)])
        expect(await found()).toEqual(wanted)
        expect(await leftovers()).toBe('')
      }
    },
  )

  test(
    "comes with everything else of the account, and what is saved in the home meanwhile is in nobody's way",
    { tags: ['thorough'] },
    async () => {
      const { holdfast, host } = product
      const at = await found()
      await holdfast.json(['backup', 'own/plain'])
      await asOwn('DELETE FROM t; DROP PROCEDURE tell')
      await host.exec('echo changed >~/public_html/index.html; touch ~/new', { user: 'plain' })
      const full = ['restore', 'own/plain@latest', '--to', 'own/plain', '--confirm', 'plain']
      const ended = await holdfast.run(full)
      expect([ended.code, ended.stdout + ended.stderr]).toEqual([0, expect.any(String)])
      expect(await found()).toEqual(at)
      expect((await host.exec('cat ~plain/public_html/index.html; ls ~plain')).stdout).not.toMatch(
        /changed|new/,
      )
      expect(await leftovers()).toBe('')
    },
  )

  test(
    'is refused in the plan where something could not be put back, or the login may not do it',
    { tags: ['thorough'] },
    async () => {
      const asRoot = (sql: string) => product.host.exec('mariadb', { input: Buffer.from(sql) })
      await asRoot(
        'CREATE TRIGGER plain_blog.theirs BEFORE INSERT ON plain_blog.t FOR EACH ROW SET NEW.s = 1',
      )
      const theirs = await restore('--plan')
      expect([theirs.code, theirs.stdout]).toEqual([5, expect.stringContaining('trigger theirs')])
      await asRoot(
        'DROP TRIGGER plain_blog.theirs; REVOKE TRIGGER, DROP ON `plain\\_%`.* FROM plain@localhost',
      )
      const rights = await restore('--plan')
      expect([rights.code, rights.stdout]).toEqual([5, expect.stringContaining('what a restore takes: DROP')])
      await asRoot('GRANT ALL ON `plain\\_%`.* TO plain@localhost')
      const elsewhere = await restore('--map', 'db:plain_blog=bob_blog', '--plan')
      expect([elsewhere.code, elsewhere.stdout]).toEqual([
        5,
        expect.stringContaining('opens the database bob_blog'),
      ])
    },
  )
})
