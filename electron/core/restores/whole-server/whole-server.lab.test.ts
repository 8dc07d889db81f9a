import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TwoServers } from '../../../../e2e/lab/two-servers.ts'

let servers: TwoServers
const accounts = ['bob', 'carol', 'dora'] as const
const onEmpty = (command: string) => servers.onEmpty(command)
const run = (...args: readonly string[]) => servers.product.holdfast.run(args)
const restore = (...more: readonly string[]) => run('restore', 'lab', '--to', 'empty', '--create', ...more)

/** All that making accounts could leave behind. */
const traces = () =>
  onEmpty(`cat /etc/passwd /etc/group; ls -A /home /srv /var/spool/cron/crontabs /var/mail
    mariadb -NrBe "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA; SELECT User, Host FROM mysql.user"`)

beforeAll(async () => {
  servers = await TwoServers.start(
    { layer: 'seeded', without: ['postgres', 'dovecot'] },
    {
      prepare: 'head -c 3M /dev/urandom >/home/carol/noise; chown carol: /home/carol/noise',
      prepareEmpty: 'useradd -m -u 1001 other',
    },
  )
  for (const name of [...accounts, 'erin']) await run('backup', `lab/${name}`)
})

afterAll(() => servers[Symbol.asyncDispose]())

describe('a lost server', () => {
  test(
    'is planned whole: who has no backup, what is taken, and what forbids it',
    { tags: ['thorough'] },
    async () => {
      const { code, stdout } = await restore('--plan')
      expect([code, stdout]).toEqual([0, expect.stringContaining('Restore 3 accounts of lab on empty')])
      expect(stdout).toContain('bob: The uid 1001 is that of other there; bob gets 2501')
      expect(stdout).toContain('erin: none of its backups is complete')
      await onEmpty('useradd -M -u 1800 carol')
      const taken = await restore('--plan')
      expect([taken.code, taken.stdout]).toEqual([
        5,
        expect.stringContaining('carol: empty has an account carol'),
      ])
      expect((await restore('--plan', '--without', 'carol')).code).toBe(0)
      expect((await restore('--confirm', 'empty')).code).toBe(5)
      await onEmpty('userdel carol')
      expect((await restore('--confirm', 'lab')).code).toBe(2)
      expect((await restore('--plan', '--without', 'nobody')).code).toBe(2)
    },
  )

  test(
    'comes to another in one go, goes on where it was killed, and is taken back whole',
    { tags: ['thorough'] },
    async () => {
      const before = await traces()
      const running = await servers.product.until(
        /carol: Put everything of/,
        ...['restore', 'lab', '--to', 'empty', '--create', '--confirm', 'empty'],
      )
      running.child.kill('SIGKILL')
      await running.ended
      const job = (await servers.product.newestJob())?.id ?? ''
      const made = await onEmpty("stat -c '%W %i' /home/bob")

      const resumed = await run('restore', 'resume', job)
      expect([resumed.code, resumed.stdout]).toEqual([3, expect.stringContaining('erin was not restored')])
      for (const name of accounts) expect(resumed.stdout).toContain(`${name}: account: 8 of 8 facts`)
      expect(await onEmpty("stat -c '%W %i' /home/bob")).toBe(made)
      for (const name of accounts) {
        const facts = `getent passwd ${name} | cut -d: -f5-; getent shadow ${name} | cut -d: -f2; crontab -u ${name} -l | grep -c '^[0-9]' || true`
        const wanted = (await servers.onLab(facts)).replace(/2\n$/, '0\n')
        expect(await onEmpty(facts)).toBe(wanted)
      }
      expect(await onEmpty('id -u bob; id -u carol; id -u dora')).toBe('2501\n1002\n2500\n')
      expect(await onEmpty('mariadb -ubob -pdb-bob -NBe "SHOW TABLES" bob_blog')).not.toBe('')
      expect((await run('cron', 'enable', 'empty/carol')).code).toBe(0)
      expect(await onEmpty('crontab -u carol -l')).toBe(await servers.onLab('crontab -u carol -l'))
      expect((await run('restore', 'resume', job)).code).toBe(5)

      const undone = await run('undo', job, '--confirm', 'empty')
      expect([undone.code, undone.stderr]).toEqual([0, expect.any(String)])
      expect((await run('report', job)).stdout).not.toContain('Undo until')
      expect(await traces()).toBe(before)
    },
  )

  test(
    'that changed meanwhile is gone on with only when the new plan is confirmed',
    { tags: ['thorough'] },
    async () => {
      const running = await servers.product.until(
        /carol: Put everything of/,
        ...['restore', 'lab', '--to', 'empty', '--create', '--confirm', 'empty'],
      )
      running.child.kill('SIGKILL')
      await running.ended
      const job = (await servers.product.newestJob())?.id ?? ''
      await onEmpty('groupadd -g 2500 newcomer; useradd -M -u 2500 -g 2500 newcomer')

      const stopped = await run('restore', 'resume', job)
      expect([stopped.code, stopped.stdout]).toEqual([
        5,
        expect.stringContaining('would come out otherwise: dora'),
      ])
      expect(stopped.stderr).toContain('Restore 1 account of lab on empty')
      expect(await onEmpty('id dora 2>&1; true')).toContain('no such user')
      const shown = await run('restore', 'resume', job, '--plan')
      expect([shown.code, shown.stdout]).toEqual([
        0,
        expect.stringContaining('The uid 2500 is that of newcomer there'),
      ])
      expect((await run('restore', 'resume', job, '--confirm', 'lab')).code).toBe(2)

      const resumed = await run('restore', 'resume', job, '--confirm', 'empty')
      expect([resumed.code, resumed.stdout]).toEqual([
        3,
        expect.stringContaining('dora: account: 8 of 8 facts'),
      ])
      expect(await onEmpty('id -u dora newcomer')).toMatch(/^(?!2500\n)\d+\n2500\n$/)
      const undone = await run('undo', job, '--confirm', 'empty')
      expect([undone.code, undone.stderr]).toEqual([0, expect.any(String)])
      expect(await onEmpty('id -u newcomer; id dora 2>&1; true')).toMatch(/^2500\n.*no such user/)
    },
  )
})
