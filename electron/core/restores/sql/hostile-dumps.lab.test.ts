import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHost, type LabHost } from '../../../../e2e/lab/lab.ts'
import {
  asRoot,
  importConfined,
  importDatabase,
  makeConfinedLogin,
  makePrograms,
} from '../../../../e2e/lab/confined-import.ts'
import { dumpOfTexts, dumpWith, payloads } from './hostile-dumps.ts'

describe('a hostile dump', () => {
  let host: LabHost
  let before: string
  beforeAll(async () => {
    host = await startHost({ without: ['postgres', 'dovecot', 'cron'] })
    await makeConfinedLogin(host)
    await prepare()
    before = await canaries()
  })
  afterAll(() => host[Symbol.asyncDispose]())

  /** Everything that a payload could change, as it is before any. */
  async function prepare(): Promise<void> {
    await host.exec('rm -rf /tmp/canary && mkdir -m 777 /tmp/canary && cat > /tmp/canary-source.sql', {
      input: Buffer.from('system touch /tmp/canary/sourced\n'),
    })
    await asRoot(
      host,
      `DROP DATABASE IF EXISTS victim; DROP DATABASE IF EXISTS canary; CREATE DATABASE canary; CREATE TABLE canary.t (a INT PRIMARY KEY);
       CREATE TABLE canary.my (a INT) ENGINE=MyISAM; CREATE SEQUENCE canary.s2;
       CREATE PROCEDURE canary.p() INSERT INTO canary.t VALUES (0);
       SET GLOBAL max_connections = 151;
       CREATE USER IF NOT EXISTS alice@localhost IDENTIFIED BY 'db-alice';
       GRANT ALL ON ${importDatabase}.* TO alice@localhost;`,
    )
  }

  async function canaries(): Promise<string> {
    const questions = `SELECT * FROM canary.t; SHOW TABLES FROM canary; SELECT * FROM canary.my; SELECT * FROM canary.s2;
      SHOW CREATE DATABASE canary; SELECT User, Host, Priv FROM mysql.global_priv; SELECT * FROM mysql.servers;
      SELECT @@max_connections; SELECT name FROM mysql.plugin; SELECT * FROM mysql.func;
      SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME NOT IN ('${importDatabase}', 'victim');`
    const { stdout } = await host.exec('ls -A /tmp/canary; mariadb --force -Nr', {
      input: Buffer.from(questions),
      anyCode: true,
    })
    return stdout
  }

  test.each(payloads)('with $name has no effect', async ({ sql }) => {
    const { outcome, run } = await importConfined(host, dumpWith(sql))
    const { code, stderr } = run
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(await asRoot(host, `SELECT a FROM ${importDatabase}.after`)).toBe('kept\n')
    await makePrograms(host, importDatabase, outcome, { user: 'alice', password: 'db-alice' })
    const inserted = `INSERT INTO ${importDatabase}.before VALUES ('by alice')`
    await host.exec(`mariadb -ualice -pdb-alice -e "${inserted}; CALL ${importDatabase}.p()"`, {
      anyCode: true,
    })
    expect(await canaries()).toBe(before)
  })

  test('of which the payloads are texts keeps them all', async () => {
    const { run } = await importConfined(host, dumpOfTexts())
    expect(run.code).toBe(0)
    expect(
      await asRoot(host, `SELECT COUNT(*), SUM(a LIKE '%canary%') > 40 FROM ${importDatabase}.before`),
    ).toBe(`${payloads.length + 1}\t1\n`)
    expect(await canaries()).toBe(before)
  })

  test('does harm where nothing stands in its way', { tags: ['thorough'] }, async () => {
    let effective = 0
    for (const { sql } of payloads.filter(({ sql }) => !/SHUTDOWN|\\e|^edit|pager/.test(sql))) {
      await prepare()
      await asRoot(host, 'CREATE DATABASE victim')
      const start = await canaries()
      await host.exec('timeout 20 mariadb --force victim', {
        input: Buffer.from(dumpWith(sql)),
        anyCode: true,
      })
      if ((await canaries()) !== start) effective += 1
      if (effective === 16) break
    }
    expect(effective).toBe(16)
  })
})
