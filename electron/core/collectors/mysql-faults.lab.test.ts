import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startHost, type LabHost } from '../../../e2e/lab/lab.ts'
import { logIn, realClock } from '../../../e2e/lab/login.ts'
import { labAccount, openArchive } from '../../../e2e/lab/tree.ts'
import { collectAlone } from './conformance.ts'
import { createMysqlCollector } from './mysql.ts'
import type { Collected } from './conformance.ts'
import type { Clock } from '../ports.ts'

const real = '/usr/bin/mariadb-dump.real'
/** Runs the true tool on the way, lets `midway` happen once some of the table is out, and ends as the tool does. */
const interrupted = (midway: string) => `#!/bin/bash
case "$*" in *bob_blog*) ;; *) exec ${real} "$@" ;; esac
[ ! -e /run/done ] && touch /run/done || exec ${real} "$@"
mkfifo /run/dump.fifo
${real} "$@" >/run/dump.fifo & pid=$!
{ head -c 300000; { ${midway}; } >&2; cat; } </run/dump.fifo
wait $pid; code=$?
rm /run/dump.fifo
exit $code
`
const tenRows =
  'CREATE TABLE `t` (id INT);\\nINSERT INTO `t` VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10);\\n'

describe('a dump that goes wrong', () => {
  let host: LabHost
  beforeAll(async () => {
    host = await startHost({ layer: 'seeded', without: ['postgres', 'dovecot', 'cron'] })
    const sql = `CREATE TABLE big (id INT PRIMARY KEY, data LONGBLOB);
      INSERT INTO big SELECT seq, REPEAT(RANDOM_BYTES(1000), 20) FROM seq_1_to_500;`
    await host.exec(`cp /usr/bin/mariadb-dump ${real}; mariadb bob_blog`, { input: Buffer.from(sql) })
  })
  beforeEach(() => restore())
  afterAll(() => host[Symbol.asyncDispose]())

  const replace = (script: string) =>
    host.exec(
      'rm -f /run/done /usr/bin/mariadb-dump; cat > /usr/bin/mariadb-dump; chmod 755 /usr/bin/mariadb-dump',
      {
        input: Buffer.from(script),
      },
    )
  const restore = () => host.exec(`cp --remove-destination ${real} /usr/bin/mariadb-dump; rm -f /run/done`)

  async function collect(
    clock: Clock = realClock,
    crashWaitMs = 90_000,
    silence = 15 * 60_000,
  ): Promise<Collected> {
    await using subject = await logIn(host, 'root', { patience: { silence } })
    const databases = ['bob_blog', 'dora_site'].map((name) => ({
      engine: 'mysql' as const,
      name,
      bytes: 0,
      evidence: [],
    }))
    const source = labAccount({ name: 'bob', databases })
    return await collectAlone(createMysqlCollector({ crashWaitMs, crashPollMs: 1000 }), {
      ...subject,
      source,
      clock,
    })
  }

  const named = ({ warnings }: Collected) => warnings.map(({ code, path }) => `${code} ${path}`)
  const dumps = async ({ archive }: Collected) =>
    (await host.exec(`ls ${await openArchive(host, archive)}/databases/mysql/*.sql`)).stdout.match(
      /[^/]+\.sql$/gm,
    )

  async function expectOnlyBobMissing(collected: Collected): Promise<void> {
    expect(named(collected)).toEqual(['database-failed databases/mysql/bob_blog'])
    expect(collected.components.map(({ name, status }) => `${name} ${status}`)).toEqual([
      '_server ok',
      'bob_blog missing',
      'dora_site ok',
    ])
    expect(await dumps(collected)).toEqual(['_setup.sql', '_users.sql', 'dora_site.sql'])
  }

  test('because its connection was killed: the database failed, the next one is there', async () => {
    const query =
      "SELECT CONCAT('KILL ', ID) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT /*%'"
    await replace(interrupted(`mariadb -e "$(mariadb -Ne "${query}" | tail -n 1)"`))
    const collected = await collect()
    await expectOnlyBobMissing(collected)
    expect(collected.warnings[0]?.note).toContain('code 3')
  })

  test(
    'because an event of the tenant makes the tool loop for ever: the database failed, and was not waited for',
    { tags: ['thorough'] },
    async () => {
      await host.exec('mariadb bob_blog', {
        input: Buffer.from(
          'DELIMITER $$\nCREATE EVENT hang ON SCHEDULE EVERY 1 YEAR DO BEGIN SELECT ";;"; SELECT 2; END $$\n',
        ),
      })
      const collected = await collect(realClock, 90_000, 3_000)
      await host.exec('mariadb bob_blog -e "DROP EVENT hang"')
      await expectOnlyBobMissing(collected)
      expect(collected.warnings[0]?.note).toContain('said nothing')
      expect((await host.exec('pgrep -c mariadb-dump || true')).stdout.trim()).toBe('0')
    },
  )

  test('because the tool was killed: the database failed, the next one is there', async () => {
    await replace(interrupted('kill -9 $pid'))
    const collected = await collect()
    await expectOnlyBobMissing(collected)
    expect(collected.warnings[0]?.note).toContain('code 137')
  })

  test.each([
    ['ten rows', tenRows],
    ['a whole dump', `${tenRows}-- Dump completed\\n`],
  ])('with code 2 after %s: no pipe hides the code', async (_what, text) => {
    const bad = `case "$*" in *bob_blog*) printf '${text}'; exit 2 ;; esac`
    await replace(`#!/bin/sh\n${bad}\nexec ${real} "$@"\n`)
    await expectOnlyBobMissing(await collect())
  })

  test.each([
    ['no trailer', `printf '${tenRows}'`],
    ['no output', ':'],
    ['a trailer in the middle', `printf '${tenRows}-- Dump completed\\n${tenRows}'`],
  ])('with code 0 and %s: it is not believed', async (_what, body) => {
    await replace(`#!/bin/sh\ncase "$*" in *bob_blog*) ${body}; exit 0 ;; esac\nexec ${real} "$@"\n`)
    const collected = await collect()
    await expectOnlyBobMissing(collected)
    expect(collected.warnings[0]?.note).toContain('no end')
  })

  test('because one table cannot be read: the other tables are there', async () => {
    const fails = `case "$*" in *--ignore-table=bob_blog.big*) ;; *bob_blog\\ t) ;; *bob_blog*) ${real} "$@" | head -c 99999; exit 3 ;; esac`
    await replace(`#!/bin/sh\n${fails}\nexec ${real} "$@"\n`)
    const collected = await collect()
    expect(named(collected)).toEqual(['table-failed databases/mysql/bob_blog/big'])
    expect(await dumps(collected)).toContain('bob_blog.sql')
    const { stdout } = await host.exec('cat /var/tmp/opened/databases/mysql/bob_blog.sql')
    expect(stdout).toMatch(/INSERT INTO `t` VALUES\n\(1\),\n\(2\);/)
    expect(stdout).not.toContain('`big`')
  })

  test.each([
    ['the triggers of one table', '*--triggers*big*|*--triggers*bob_blog'],
    ['something that no table has', '*--routines\\ --events*\\ bob_blog'],
  ])('because %s cannot be read: all rows are there', async (_what, pattern) => {
    const fails = `case "$*" in ${pattern}) ${real} "$@" | head -c 99999; exit 2 ;; esac`
    await replace(`#!/bin/sh\n${fails}\nexec ${real} "$@"\n`)
    const collected = await collect()
    expect(new Set(named(collected))).toEqual(new Set(['not-permitted databases/mysql/bob_blog']))
    const folder = await openArchive(host, collected.archive)
    const { stdout } = await host.exec(`grep -c '^INSERT' ${folder}/databases/mysql/bob_blog.sql`)
    expect(Number(stdout)).toBeGreaterThan(1)
    expect((await host.exec(`tail -n 1 ${folder}/databases/mysql/bob_blog.sql`)).stdout).toContain(
      'Dump completed',
    )
  })

  test('because there is no dump tool: every database is named', async () => {
    await host.exec('mkdir /run/away; mv /usr/bin/mariadb-dump /usr/bin/mysqldump /run/away')
    const collected = await collect()
    await host.exec('mv /run/away/* /usr/bin')
    expect(named(collected)).toEqual([
      'database-failed databases/mysql/bob_blog',
      'database-failed databases/mysql/dora_site',
    ])
    expect(collected.warnings[0]?.note).toContain('neither mariadb-dump nor mysqldump')
  })

  test('because the server crashed: it is waited for, and asked once more', async () => {
    await replace(interrupted('kill -9 $(pidof mariadbd)'))
    const sleeps: number[] = []
    const clock: Clock = {
      ...realClock,
      sleep: async (ms) => {
        sleeps.push(ms)
        if (sleeps.length === 2)
          await host.exec('setsid mariadbd --user=mysql </dev/null >/run/mariadb.log 2>&1 &')
        if (sleeps.length >= 2) await host.exec('mariadb-admin --wait=20 ping')
      },
    }
    const collected = await collect(clock)
    expect(named(collected)).toEqual([])
    expect(sleeps.length).toBeGreaterThanOrEqual(2)
    expect(await dumps(collected)).toEqual(['_setup.sql', '_users.sql', 'bob_blog.sql', 'dora_site.sql'])
  })

  test(
    'because the server crashed and stays away: it is not waited for longer than it may take',
    { tags: ['thorough'] },
    async () => {
      await replace(interrupted('kill -9 $(pidof mariadbd)'))
      const sleeps: number[] = []
      const collected = await collect(
        { ...realClock, sleep: (ms) => Promise.resolve(void sleeps.push(ms)) },
        3000,
      )
      expect(named(collected)).toEqual([
        'database-failed databases/mysql/bob_blog',
        'database-failed databases/mysql/dora_site',
      ])
      expect(sleeps.length).toBe(3)
    },
  )
})
