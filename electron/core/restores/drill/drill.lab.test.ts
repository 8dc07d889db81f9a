import { afterAll, beforeAll, expect, test } from 'vitest'
import { TwoServers } from '../../../../e2e/lab/two-servers.ts'

let servers: TwoServers

beforeAll(async () => {
  servers = await TwoServers.start(
    { layer: 'seeded' },
    {
      prepare:
        'mkdir -p /srv/deep/er/site; echo site >/srv/deep/er/site/index; chown -R alice: /srv/deep/er/site',
      prepareEmpty: 'true',
    },
  )
  await servers.product.holdfast.json(['source', 'set', 'lab/alice', '--path', '/srv/deep/er/site'])
  await servers.product.holdfast.run(['backup', 'lab/alice'])
})

afterAll(() => servers[Symbol.asyncDispose]())

/** All that a drill could leave behind. */
const traces = `cat /etc/passwd /etc/group /etc/shadow; ls -lnA --time-style=full-iso /home /srv /var/vmail /var/mail /var/spool/cron/crontabs 2>&1
  ls -A /run /tmp | grep -i -e holdfast -e hfdrill || true
  mariadb -NrBe "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA; SELECT User, Host FROM mysql.user; SELECT * FROM mysql.db"
  runuser -u postgres -- psql -XAtc "SELECT datname FROM pg_database ORDER BY 1" -c "SELECT rolname FROM pg_roles ORDER BY 1"`

test(
  'a drill restores everything into an account of its own, counts it and leaves no trace',
  { tags: ['thorough'] },
  async () => {
    const before = [await servers.onEmpty(traces), await servers.onLab(traces)]
    for (const on of ['empty', 'lab']) {
      const { code, stdout, stderr } = await servers.product.holdfast.run(['drill', 'lab/alice', '--on', on])
      const said = `${stdout}${stderr}`
      expect([code, said]).toEqual([
        0,
        expect.stringMatching(/files: (\d+) of \1 files[^]*mail [^]*cron: 4 of 4/),
      ])
      expect(said).toMatch(/a real recovery would take: [\d.]+ s/)
    }
    const named = await servers.product.holdfast.run([
      'restore',
      'lab/alice@latest',
      '--to',
      'empty/hfdrill_1',
      '--create',
      '--plan',
    ])
    expect([named.code, named.stderr]).toEqual([2, expect.stringContaining('drills make and remove')])
    expect([await servers.onEmpty(traces), await servers.onLab(traces)]).toEqual(before)
  },
)
