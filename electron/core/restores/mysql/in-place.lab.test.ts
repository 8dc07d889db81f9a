import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeMysql } from '../../../../e2e/lab/databases.ts'
import { startHost, type LabHost } from '../../../../e2e/lab/lab.ts'
import { logIn, realClock, type LabLogin } from '../../../../e2e/lab/login.ts'
import { Secret } from '../../secrets/secret.ts'
import { importMysql } from './import-step.ts'
import { stepTrial, type StepTrial } from './step-trial.ts'

let host: LabHost
let own: LabLogin
let root: LabLogin
let dump: Buffer
let original: ReadonlyMap<string, string>

beforeAll(async () => {
  host = await startHost({ layer: 'seeded', without: ['postgres', 'dovecot', 'cron'] })
  ;[own, root] = await Promise.all([logIn(host, 'alice'), logIn(host, 'root')])
  const flags = '--skip-dump-date --skip-add-locks --dump-history --routines --events --triggers --hex-blob'
  const { stdout } = await host.exec(`mariadb-dump ${flags} alice_wp | base64 -w0`)
  dump = Buffer.from(stdout, 'base64')
  original = await describeMysql(host, ['alice_wp'])
})

afterAll(async () => {
  await own[Symbol.asyncDispose]()
  await root[Symbol.asyncDispose]()
  await host[Symbol.asyncDispose]()
})

function asRoot(sql: string): Promise<string> {
  const client = 'mariadb --default-character-set=utf8mb4 -Nr'
  return host.exec(client, { input: Buffer.from(sql) }).then(({ stdout }) => stdout)
}

/** Files and logins that an import makes on its way. */
async function leftovers(): Promise<string> {
  const { stdout } = await host.exec('ls -A ~alice /root | grep holdfast; true')
  return stdout + (await asRoot("SELECT User FROM mysql.user WHERE User RLIKE '^hf_'"))
}

type Options = Partial<Parameters<typeof stepTrial>[2]>

/** One import in place, by the account's own login or by root. */
function trial(by: 'own' | 'root', options: Options = {}): StepTrial {
  const { shell } = by === 'own' ? own : root
  const one = stepTrial(shell, realClock, { dump, from: 'alice_wp', database: 'alice_wp', ...options })
  const login = { engine: 'mysql', host: null, port: null, socket: null, user: 'alice', from: '' }
  const password = new Secret('db-alice')
  const look = { loginsOf: () => [{ ...login, password, databases: ['alice_wp'] }] }
  const { context } = one
  const request = { ...context.request, to: { server: 'lab', account: 'alice' } }
  const there = {
    ...context,
    request,
    target: { ...context.target, look },
  } as unknown as StepTrial['context']
  return { ...one, step: { ...one.step, method: 'in-place' }, context: there }
}

async function restore({ step, context }: StepTrial): Promise<void> {
  await importMysql.prepare?.(step, context)
  await importMysql.apply(step, context)
}

const damage = `USE alice_wp; SET foreign_key_checks=0; DROP TABLE IF EXISTS wp_orders; DELETE FROM wp_posts; DROP VIEW wp_mine;
  ALTER TABLE wp_blobs DROP FOREIGN KEY wp_blobs_ibfk_1; ALTER TABLE wp_posts MODIFY id INT AUTO_INCREMENT;
  ALTER TABLE wp_blobs MODIFY post_id INT, ADD FOREIGN KEY (post_id) REFERENCES wp_posts (id);
  DROP FUNCTION f_double; UPDATE wp_log SET msg='damaged'; UPDATE wp_history SET state='damaged';
  CREATE TABLE wp_extra (id INT PRIMARY KEY); INSERT INTO wp_extra VALUES (1);
  CREATE DEFINER=alice@localhost TRIGGER wp_extra_ai AFTER INSERT ON wp_extra FOR EACH ROW SET @x=1;
  CREATE DEFINER=alice@localhost VIEW wp_added AS SELECT 1 AS one; DO SETVAL(wp_numbers, 500);`

/** The view that is root's stays for the account, and becomes its own for root. */
const withoutRecent = (found: ReadonlyMap<string, string>) =>
  new Map([...found].filter(([key]) => !key.endsWith('wp_recent')))

describe.each(['own', 'root'] as const)('in place, by the login %s', (by) => {
  test(
    'everything comes back, and a rollback from anywhere leaves everything as it was',
    { tags: ['thorough'] },
    async () => {
      await asRoot(damage)
      const damaged = await describeMysql(host, ['alice_wp'])
      const one = trial(by)
      await restore(one)
      expect(withoutRecent(await describeMysql(host, ['alice_wp']))).toEqual(withoutRecent(original))
      expect(await importMysql.check(one.step, one.context)).toMatchObject({ bad: [] })
      await importMysql.rollback(one.step, one.context)
      await importMysql.rollback(one.step, one.context)
      expect(await describeMysql(host, ['alice_wp'])).toEqual(damaged)
      expect(await leftovers()).toBe('')

      const half = trial(by)
      await restore(half)
      await asRoot(
        'USE alice_wp; SET foreign_key_checks=0; DROP TABLE wp_posts, wp_log; DROP PROCEDURE p_count; DROP SEQUENCE wp_numbers',
      )
      await importMysql.rollback(half.step, half.context)
      expect(await describeMysql(host, ['alice_wp'])).toEqual(damaged)

      const last = trial(by)
      await restore(last)
      await importMysql.commit(last.step, last.context)
      expect(withoutRecent(await describeMysql(host, ['alice_wp']))).toEqual(withoutRecent(original))
      expect(await leftovers()).toBe('')
    },
  )

  test(
    'a dump that a server refuses in its middle is put back; one without its end touches nothing',
    { tags: ['thorough'] },
    async () => {
      const before = await describeMysql(host, ['alice_wp'])
      const bad = Buffer.from(
        dump.toString('latin1').replace(/(INSERT INTO `wp_posts` VALUES\s*\()\d+,/, '$1NULL,NULL,'),
        'latin1',
      )
      const refused = trial(by, { dump: bad })
      await importMysql.prepare?.(refused.step, refused.context)
      await expect(importMysql.apply(refused.step, refused.context)).rejects.toMatchObject({
        code: 'remote-failed',
        message: expect.stringContaining('is put back as it was') as string,
      })
      expect(await describeMysql(host, ['alice_wp'])).not.toEqual(before)
      await importMysql.rollback(refused.step, refused.context)
      expect(await describeMysql(host, ['alice_wp'])).toEqual(before)

      const cut = trial(by, { dump: dump.subarray(0, dump.indexOf('-- Dump completed')) })
      await expect(importMysql.prepare?.(cut.step, cut.context)).rejects.toMatchObject({ code: 'corrupt' })
      await importMysql.rollback(cut.step, cut.context)
      expect(await describeMysql(host, ['alice_wp'])).toEqual(before)
      expect(await leftovers()).toBe('')
    },
  )
})

test('a hostile dump does nothing to other databases of the account, whose login reads it', async () => {
  const before = await describeMysql(host, ['alice_shop'])
  const attacks = [
    'DELIMITER ;;\nCREATE PROCEDURE `evil`() SELECT 1; DROP TABLE alice_shop.t;;\nDELIMITER ;',
    'INSERT INTO alice_shop.t VALUES (7, 7);',
    'USE alice_shop; DELETE FROM t;',
    "CREATE TABLE `outside` (a INT) ENGINE=MyISAM DATA DIRECTORY='/tmp';",
    'DROP DATABASE alice_shop;',
    '\\! touch /tmp/canary',
  ]
  const hostile = dump
    .toString('latin1')
    .replace('-- Dump completed', () => `${attacks.join('\n')}\n-- Dump completed`)
  const one = trial('own', { dump: Buffer.from(hostile, 'latin1') })
  await restore(one)
  expect(await describeMysql(host, ['alice_shop'])).toEqual(before)
  expect((await host.exec('ls /tmp')).stdout).not.toContain('canary')
  expect(one.remarks.map(({ text }) => text).join('\n')).toContain('evil')
  await importMysql.rollback(one.step, one.context)
  expect(await leftovers()).toBe('')
})

test('what cannot be put back is not removed: the saved file is gone', { tags: ['thorough'] }, async () => {
  const one = trial('own')
  await restore(one)
  const before = await describeMysql(host, ['alice_wp'])
  await host.exec('rm ~alice/.holdfast-hf_01234567.sql')
  await expect(importMysql.rollback(one.step, one.context)).rejects.toThrow('safety backup')
  expect(await describeMysql(host, ['alice_wp'])).toEqual(before)
})
