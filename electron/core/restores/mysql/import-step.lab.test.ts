import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeMysql } from '../../../../e2e/lab/databases.ts'
import { startHost, type LabHost } from '../../../../e2e/lab/lab.ts'
import { logIn, realClock, type LabLogin } from '../../../../e2e/lab/login.ts'
import { importMysql } from './import-step.ts'
import { stepTrial } from './step-trial.ts'

let host: LabHost
let login: LabLogin
let dump: Buffer

beforeAll(async () => {
  host = await startHost({ layer: 'seeded', without: ['postgres', 'dovecot', 'cron'] })
  login = await logIn(host, 'root')
  dump = await dumpOf('alice_wp')
})

afterAll(async () => {
  await login[Symbol.asyncDispose]()
  await host[Symbol.asyncDispose]()
})

async function dumpOf(database: string): Promise<Buffer> {
  const flags = '--skip-dump-date --skip-add-locks --dump-history --routines --events --triggers --hex-blob'
  const { stdout } = await host.exec(`mariadb-dump ${flags} ${database} | base64 -w0`)
  return Buffer.from(stdout, 'base64')
}

function asRoot(sql: string): Promise<string> {
  const client = 'mariadb --default-character-set=utf8mb4 -Nr'
  return host.exec(client, { input: Buffer.from(sql) }).then(({ stdout }) => stdout)
}

/** Databases and logins that an import makes on its way. */
function leftovers(): Promise<string> {
  return asRoot(
    "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME RLIKE '^h[fo]_'; SELECT User FROM mysql.user WHERE User RLIKE '^hf_'",
  )
}

const trial = (options: Partial<Parameters<typeof stepTrial>[2]> = {}) =>
  stepTrial(login.shell, realClock, { dump, from: 'alice_wp', database: 'alice_wp', ...options })

const withProgram = (sql: string) =>
  Buffer.from(
    dump.toString('latin1').replace('-- Dump completed', () => `${sql}\n-- Dump completed`),
    'latin1',
  )

describe('taking an import back', () => {
  /** What is done before it is taken back. */
  const states = {
    'after preparing': async ({ step, context }) => importMysql.prepare?.(step, context),
    'after applying': async ({ step, context }) => {
      await importMysql.prepare?.(step, context)
      await importMysql.apply(step, context)
    },
    'where the exchange stopped in its middle': async ({ step, context }) => {
      await importMysql.prepare?.(step, context)
      await importMysql.apply(step, context)
      await asRoot(
        `RENAME TABLE alice_wp.wp_gen TO hf_01234567.wp_gen, ho_01234567.wp_gen TO alice_wp.wp_gen`,
      )
      await asRoot('DROP TRIGGER alice_wp.wp_posts_ai; DROP VIEW alice_wp.wp_mine')
    },
  } satisfies Record<string, (trial: ReturnType<typeof stepTrial>) => Promise<void>>

  test.each(Object.entries(states))(
    '%s leaves everything as it was',
    { tags: ['thorough'] },
    async (_name, reach) => {
      await asRoot(`USE alice_wp; CREATE TABLE wp_extra (id INT); CREATE VIEW wp_added AS SELECT 1 AS one;
      CREATE TRIGGER wp_gen_bi BEFORE INSERT ON wp_gen FOR EACH ROW SET NEW.a = NEW.a; DELETE FROM wp_log;`)
      const before = await describeMysql(host, ['alice_wp'])
      const one = trial()
      await reach(one)
      await importMysql.rollback(one.step, one.context)
      await importMysql.rollback(one.step, one.context)
      expect(await describeMysql(host, ['alice_wp'])).toEqual(before)
      expect(await leftovers()).toBe('')
      await asRoot('USE alice_wp; DROP TABLE wp_extra; DROP VIEW wp_added; DROP TRIGGER wp_gen_bi')
    },
  )
})

describe('a database in use', () => {
  test('is exchanged while clients read and write it, and none of them sees an error', async () => {
    const one = trial()
    await importMysql.prepare?.(one.step, one.context)
    await host.exec(
      `rm -f /tmp/stop /tmp/hammer.*; for at in 1 2 3; do
        ( while [ ! -e /tmp/stop ]; do
          echo "SELECT COUNT(*) FROM wp_posts; INSERT INTO wp_dates(d) VALUES ('2026-01-0$at'); SELECT * FROM wp_gen;"
        done | mariadb alice_wp >/tmp/hammer.$at.out 2>/tmp/hammer.$at.err; echo $? >/tmp/hammer.$at.rc ) </dev/null >/dev/null 2>&1 &
      done; while [ ! -s /tmp/hammer.3.out ]; do sleep 0.1; done`,
    )
    try {
      await importMysql.apply(one.step, one.context)
    } finally {
      await host.exec(
        'touch /tmp/stop; while [ ! -e /tmp/hammer.1.rc ] || [ ! -e /tmp/hammer.2.rc ] || [ ! -e /tmp/hammer.3.rc ]; do sleep 0.1; done',
      )
    }
    const { stdout } = await host.exec('cat /tmp/hammer.*.rc /tmp/hammer.*.err')
    expect(stdout).toBe('0\n0\n0\n')
    expect(await importMysql.check(one.step, one.context)).toMatchObject({ bad: [] })
    await importMysql.commit(one.step, one.context)
    expect(await leftovers()).toBe('')
  })
})

describe('a hostile dump', () => {
  test('runs nothing besides what it may: a second statement behind a program, another database, a directory', async () => {
    await asRoot('CREATE DATABASE canary; CREATE TABLE canary.t (a INT)')
    const attacks = [
      'DELIMITER ;;\nCREATE PROCEDURE `evil`() SELECT 1; INSERT INTO canary.t VALUES (1);;\nDELIMITER ;',
      'DELIMITER ;;\nCREATE TRIGGER `worse` BEFORE INSERT ON `wp_log` FOR EACH ROW BEGIN END; DROP DATABASE canary;;\nDELIMITER ;',
      'INSERT INTO canary.t VALUES (2);',
      "CREATE TABLE `outside` (a INT) ENGINE=MyISAM DATA DIRECTORY='/tmp';",
      'GRANT ALL ON *.* TO alice@localhost; CREATE USER canary@localhost;',
    ]
    const one = trial({ dump: withProgram(attacks.join('\n')) })
    await importMysql.prepare?.(one.step, one.context)
    await importMysql.apply(one.step, one.context)
    expect(await importMysql.check(one.step, one.context)).toMatchObject({ bad: [] })
    await importMysql.commit(one.step, one.context)
    expect(await asRoot('SELECT COUNT(*) FROM canary.t')).toBe('0\n')
    expect(await asRoot("SELECT COUNT(*) FROM mysql.user WHERE User = 'canary'")).toBe('0\n')
    expect(await asRoot('SHOW GRANTS FOR alice@localhost')).not.toContain('ALL PRIVILEGES ON *.*')
    const said = one.remarks.map(({ text }) => text).join('\n')
    expect(said).toContain('evil')
    expect(said).toContain('worse')
    expect(said).toContain('GRANT ALL')
    expect(
      await asRoot("SELECT CREATE_OPTIONS FROM information_schema.TABLES WHERE TABLE_NAME='outside'"),
    ).not.toContain('/tmp')
    await asRoot('DROP DATABASE canary; DROP TABLE IF EXISTS alice_wp.outside')
  })

  test('without its end is refused before anything is touched', async () => {
    const before = await describeMysql(host, ['alice_wp'])
    const one = trial({ dump: dump.subarray(0, dump.indexOf('-- Dump completed')) })
    await expect(importMysql.prepare?.(one.step, one.context)).rejects.toMatchObject({ code: 'corrupt' })
    await importMysql.rollback(one.step, one.context)
    expect(await describeMysql(host, ['alice_wp'])).toEqual(before)
    expect(await leftovers()).toBe('')
  })
})
