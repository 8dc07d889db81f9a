import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LabProduct } from '../../../../e2e/faults/lab-product.ts'

let product: LabProduct

beforeAll(async () => {
  product = await LabProduct.start({ layer: 'seeded', without: ['postgres', 'dovecot', 'cron'] }, 'true')
  await asRoot(`CREATE USER alice_reader@localhost IDENTIFIED BY 'r'; CREATE ROLE alice_team; GRANT SELECT ON alice_wp.* TO alice_team;
    GRANT SELECT (id, title), UPDATE (title), DELETE ON alice_wp.wp_posts TO alice_reader@localhost WITH GRANT OPTION;
    GRANT EXECUTE ON PROCEDURE alice_wp.p_count TO alice_reader@localhost; GRANT alice_team TO alice_reader@localhost;
    GRANT EXECUTE ON FUNCTION alice_wp.f_double TO alice_reader@localhost; GRANT INSERT ON bob_blog.t TO alice_reader@localhost`)
  await product.holdfast.json(['backup', 'lab/alice', '--scope', 'databases'])
})

afterAll(() => product[Symbol.asyncDispose]())

function asRoot(sql: string): Promise<string> {
  const client = 'mariadb --default-character-set=utf8mb4 -Nr'
  return product.host.exec(client, { input: Buffer.from(sql) }).then(({ stdout }) => stdout)
}

/** A database as its dump has it, without who programs run as. */
async function dumpOf(database: string): Promise<string> {
  const flags = '--skip-dump-date --dump-history --routines --events --triggers --hex-blob'
  const { stdout } = await product.host.exec(`mariadb-dump ${flags} ${database}`)
  return stdout.replaceAll(/DEFINER=[`]\w+[`]@[`][\w%]+[`]/g, 'DEFINER')
}

async function dumps(...databases: readonly string[]): Promise<string[]> {
  return Promise.all(databases.map(dumpOf))
}

function restore(...args: readonly string[]) {
  return product.holdfast.run(['restore', 'lab/alice@latest', '--scope', 'databases', ...args])
}

/** Databases and logins that restores make on their way. */
async function leftovers(): Promise<string> {
  return asRoot(
    "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME RLIKE '^h[fo]_'; SELECT User FROM mysql.user WHERE User RLIKE '^hf_'",
  )
}

async function damage(): Promise<void> {
  await asRoot(`SET foreign_key_checks=0; USE alice_wp; DROP TABLE wp_blobs, wp_orders; DELETE FROM wp_posts; DROP VIEW wp_mine;
    DROP FUNCTION f_double; UPDATE wp_log SET msg='damaged'; INSERT INTO wp_log(msg) VALUES ('more');
    CREATE TABLE wp_extra (id INT PRIMARY KEY); INSERT INTO wp_extra VALUES (1);
    CREATE TRIGGER wp_extra_ai AFTER INSERT ON wp_extra FOR EACH ROW SET @x=1;
    CREATE VIEW wp_added AS SELECT 1 AS one; USE alice_shop; DELETE FROM t; ALTER DATABASE alice_shop COLLATE utf8mb4_bin;`)
}

function jobOf({ stdout }: { readonly stdout: string }): string {
  return /- job: (\S+)/.exec(stdout)?.[1] ?? ''
}

describe('one table', () => {
  const item = ['--item', 'databases/mysql/alice_wp/wp_posts']

  test('comes under another name, and undo removes it', async () => {
    const before = await dumps('alice_wp')
    const as = ['--table-as', 'wp_posts_restored']
    const ended = await restore('--to', 'lab/alice', ...item, ...as, '--confirm', 'alice')
    expect(ended).toMatchObject({ code: 0 })
    const sums = await asRoot('CHECKSUM TABLE alice_wp.wp_posts, alice_wp.wp_posts_restored')
    expect(
      new Set(
        sums
          .trim()
          .split('\n')
          .map((line) => line.split('\t')[1]),
      ).size,
    ).toBe(1)
    const undone = await product.holdfast.run(['undo', jobOf(ended), '--confirm', 'alice'])
    expect(undone).toMatchObject({ code: 0 })
    expect(await dumps('alice_wp')).toEqual(before)
    expect(await leftovers()).toBe('')
  })

  test(
    'that keys of others point to is replaced in place, which the plan says, and undo brings the damage back',
    { tags: ['thorough'] },
    async () => {
      await asRoot(`CREATE TABLE bob_blog.far (id BIGINT UNSIGNED, FOREIGN KEY (id) REFERENCES alice_wp.wp_posts (id)) ENGINE=InnoDB;
      INSERT INTO bob_blog.far VALUES (1)`)
      const before = await dumps('alice_wp', 'bob_blog')
      await asRoot("UPDATE alice_wp.wp_posts SET title = 'damaged'; DROP TRIGGER alice_wp.wp_posts_ai")
      const damaged = await dumps('alice_wp', 'bob_blog')
      const { code, stdout } = await restore('--to', 'lab/alice', ...item, '--plan')
      expect([code, stdout]).toEqual([0, expect.stringContaining('they would follow the old tables')])
      expect(stdout).toMatch(/alice_wp.wp_blobs → wp_posts.*They will hold for the new tables/)
      expect(stdout).toContain('bob_blog.far → wp_posts')
      const ended = await restore('--to', 'lab/alice', ...item, '--confirm', 'alice')
      expect([ended.code, ended.stdout + ended.stderr]).toEqual([0, expect.any(String)])
      expect(await dumps('alice_wp', 'bob_blog')).toEqual(before)
      const orphan = 'INSERT INTO bob_blog.far VALUES (77)'
      expect((await product.host.exec(`mariadb -e "${orphan}"`, { anyCode: true })).stderr).toContain('1452')
      expect(await product.holdfast.run(['undo', jobOf(ended), '--confirm', 'alice'])).toMatchObject({
        code: 0,
      })
      expect(await dumps('alice_wp', 'bob_blog')).toEqual(damaged)
      expect(await leftovers()).toBe('')
      await restore('--to', 'lab/alice', ...item, '--confirm', 'alice')
      await asRoot('DROP TABLE bob_blog.far')
    },
  )
})

describe('databases of another account', () => {
  test(
    'get its names, users and rights; programs are its own; undo leaves nothing of them',
    { tags: ['thorough'] },
    async () => {
      const plan = await restore('--to', 'lab/carol', '--plan')
      expect([plan.code, plan.stdout]).toEqual([0, expect.stringContaining('The roles were alice_team.')])
      const ended = await restore('--to', 'lab/carol', '--confirm', 'carol')
      expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('tables, programs and rights')])
      const grants = await asRoot('SHOW GRANTS FOR carol@localhost')
      expect(grants).toContain('GRANT ALL PRIVILEGES ON `carol\\_wp`.* TO `carol`@`localhost`')
      expect(grants).not.toContain('alice')
      const reader = (await asRoot('SHOW GRANTS FOR carol_reader@localhost')).trim().split('\n').slice(1)
      const named = 'TO `carol_reader`@`localhost`'
      expect(reader.sort()).toEqual([
        `GRANT EXECUTE ON FUNCTION \`carol_wp\`.\`f_double\` ${named}`,
        `GRANT EXECUTE ON PROCEDURE \`carol_wp\`.\`p_count\` ${named}`,
        expect.stringMatching(
          /^GRANT SELECT \((`id`, `title`|`title`, `id`)\), UPDATE \(`title`\), DELETE ON `carol_wp`.`wp_posts` TO \S+$/,
        ),
      ])
      expect(await asRoot('SELECT COUNT(*) FROM carol_wp.wp_posts; SELECT COUNT(*) FROM carol_shop.t')).toBe(
        '2\n1\n',
      )
      const login = 'mariadb -N -ucarol -pdb-alice carol_wp -e'
      const { stdout } = await product.host.exec(
        `${login} "SELECT n FROM wp_mine; CALL p_count(@n); SELECT @n, f_double(2); INSERT INTO wp_orders(what) VALUES ('new')"`,
      )
      expect(stdout).toBe('2\n2\t4\n')
      expect(
        await asRoot(
          "SELECT DISTINCT DEFINER FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA='carol_wp'",
        ),
      ).toBe('carol@localhost\n')
      expect(await product.holdfast.run(['undo', jobOf(ended), '--confirm', 'carol'])).toMatchObject({
        code: 0,
      })
      const left = "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'carol%'"
      expect(await asRoot(`${left}; SELECT User FROM mysql.user WHERE User LIKE 'carol%'`)).toBe('')
      expect(await leftovers()).toBe('')
    },
  )

  test(
    'give one table, and undo brings back the one that was there under the other name',
    { tags: ['thorough'] },
    async () => {
      await asRoot(
        "CREATE DATABASE carol_shop; CREATE TABLE carol_shop.t (own INT); INSERT INTO carol_shop.t VALUES (7); CREATE USER carol@localhost IDENTIFIED BY 'db-carol'; GRANT ALL ON `carol\\_shop`.* TO carol@localhost",
      )
      const before = await dumps('carol_shop')
      const item = ['--item', 'databases/mysql/alice_shop/t']
      const ended = await restore('--to', 'lab/carol', ...item, '--confirm', 'carol')
      expect([ended.code, await asRoot('SELECT COUNT(*) FROM carol_shop.t')]).toEqual([0, '1\n'])
      expect(await dumps('carol_shop')).not.toEqual(before)
      const undone = await product.holdfast.run(['undo', jobOf(ended), '--confirm', 'carol'])
      expect([undone.code, undone.stderr]).toEqual([0, expect.any(String)])
      expect(await dumps('carol_shop')).toEqual(before)
      await asRoot('DROP DATABASE carol_shop; DROP USER carol@localhost')
    },
  )

  test('are not taken from somebody else', async () => {
    const map = ['--map', 'db:alice_wp=bob_blog']
    const { code, stdout } = await restore('--to', 'lab/carol', ...map, '--plan')
    expect([code, stdout]).toEqual([5, expect.stringContaining('bob_blog that does not belong to carol')])
  })
})

describe('an archive that was taken apart and filled with bad things', () => {
  test('makes nobody of the server run anything, and nobody of it gets a right', async () => {
    const [stored = ''] = (await product.stored('alice')).filter((name) => name.endsWith('.tar.gz'))
    const folder = join(product.holdfast.folder, 'apart')
    execFileSync('mkdir', ['-p', folder])
    execFileSync('tar', ['xzf', join(product.holdfast.backups, stored), '-C', folder])
    const grants = join(folder, 'databases/mysql/_grants.json')
    const { users } = JSON.parse(readFileSync(grants, 'utf8')) as { users: { user: string }[] }
    const [one] = users
    const others = ['root', 'bob', 'mariadb.sys'].map((user) => ({ ...one, user }))
    writeFileSync(grants, JSON.stringify({ users: others }))
    const setup = join(folder, 'databases/mysql/_setup.sql')
    writeFileSync(setup, `${readFileSync(setup, 'utf8')}CREATE USER canary@localhost;\n`)
    const dump = join(folder, 'databases/mysql/alice_shop.sql')
    const evil =
      'DELIMITER ;;\nCREATE FUNCTION `evil`() RETURNS INT RETURN 1; DROP DATABASE bob_blog;;\nDELIMITER ;\n'
    writeFileSync(dump, readFileSync(dump, 'utf8').replace('-- Dump completed', `${evil}-- Dump completed`))
    const file = join(product.holdfast.folder, 'bad.tar.gz')
    execFileSync('sh', ['-c', 'cd "$1" && tar czf "$2" *', 'sh', folder, file])

    const before = await asRoot('SHOW GRANTS FOR bob@localhost; SHOW GRANTS FOR root@localhost')
    const ended = await product.holdfast.run([
      'restore',
      file,
      '--scope',
      'databases',
      '--to',
      'lab/carol',
      '--confirm',
      'carol',
    ])
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('evil') as string })
    expect(await asRoot('SHOW GRANTS FOR bob@localhost; SHOW GRANTS FOR root@localhost')).toBe(before)
    expect(await asRoot('SELECT COUNT(*) FROM bob_blog.t')).toBe('2\n')
    expect(await asRoot("SELECT COUNT(*) FROM mysql.user WHERE User = 'canary'")).toBe('0\n')
    const definers = "SELECT DISTINCT DEFINER FROM information_schema.VIEWS WHERE TABLE_SCHEMA LIKE 'carol%'"
    expect(await asRoot(definers)).toBe('carol@localhost\n')
    expect(await leftovers()).toBe('')
  })
})

// The last, for it leaves the databases damaged.
describe('databases of the same account', () => {
  test('come back as they were, and undo brings the damage back', { tags: ['thorough'] }, async () => {
    const before = await dumps('alice_wp', 'alice_shop')
    const collation = () =>
      asRoot(
        "SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'alice_shop'",
      )
    await damage()
    const damaged = await dumps('alice_wp', 'alice_shop')
    const ended = await restore('--to', 'lab/alice', '--confirm', 'alice')
    expect(ended).toMatchObject({ code: 0 })
    expect(await dumps('alice_wp', 'alice_shop')).toEqual(before)
    expect(await collation()).toBe('latin1_swedish_ci\n')
    expect(await leftovers()).toBe('')

    expect(await product.holdfast.run(['undo', jobOf(ended), '--confirm', 'alice'])).toMatchObject({
      code: 0,
    })
    expect(await dumps('alice_wp', 'alice_shop')).toEqual(damaged)
    expect(await collation()).toBe('utf8mb4_bin\n')
    expect(await leftovers()).toBe('')
  })
})
