import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TwoServers } from '../../../../e2e/lab/two-servers.ts'

let servers: TwoServers
const onEmpty = (command: string) => servers.onEmpty(command)
const run = (...args: readonly string[]) => servers.product.holdfast.run(args)
const args = ['restore', 'lab/alice@latest', '--to', 'empty/alice', '--create', '--scope', 'email'] as const

const messages = `cd /var/vmail/alice.example && find . -path '*/cur/*' -type f -print0 | sort -z | xargs -0 sha256sum`
const traces = () => onEmpty('cut -d: -f1 /etc/passwd; ls -A /home /srv; ls -d /var/vmail* 2>/dev/null || :')

/** Dovecot's users as the seeded server has them, below `base` and owned by `owner`. */
const dovecot = (base: string, owner: string) => `cat >/etc/dovecot/users <<'USERS'
info@alice.example:{PLAIN}pw-info::::::
sales@alice.example:{PLAIN}pw-sales::::::
USERS
  printf 'passdb {\\n driver = passwd-file\\n args = username_format=%%u /etc/dovecot/users\\n}\\nuserdb {\\n driver = passwd-file\\n args = username_format=%%u /etc/dovecot/users\\n default_fields = uid=${owner} gid=${owner} home=${base}/%%d/%%n mail=maildir:~\\n}\\n' >/etc/dovecot/conf.d/05-virtual.conf
  doveadm reload`

const imap = (box: string) =>
  onEmpty(
    `exec bash -c "exec 3<>/dev/tcp/127.0.0.1/143; printf '%s\\r\\n' 'a login ${box}@alice.example pw-${box}' 'b select INBOX' 'c fetch 1:* (UID FLAGS)' 'z logout' >&3; timeout 20 cat <&3"`,
  )

beforeAll(async () => {
  servers = await TwoServers.start(
    { layer: 'seeded', without: ['postgres', 'mariadb', 'cron'] },
    { prepare: 'true', prepareEmpty: 'true' },
  )
  expect((await run('backup', 'lab/alice', '--scope', 'email')).code).toBe(0)
})

afterAll(() => servers[Symbol.asyncDispose]())

describe('mailboxes below a folder that the target does not have', () => {
  test(
    'are named with what makes them possible where nobody can own them',
    { tags: ['thorough'] },
    async () => {
      const shown = await run(...args, '--plan')
      expect([shown.code, shown.stdout]).toEqual([
        0,
        expect.stringContaining('info@alice.example is not restored: empty has no user vmail'),
      ])
      expect(shown.stdout).toContain('useradd --system -U -u 5000')
      await onEmpty('useradd -m vmail')
      expect((await run(...args, '--plan')).stdout).toContain('its owner vmail is on empty an account')
      await onEmpty('userdel -r vmail; useradd --system -U -M -d /nonexistent -s /usr/sbin/nologin vmail')
    },
  )

  test(
    'come with their folders, a client that logs in sees them, and are taken back whole',
    { tags: ['thorough'] },
    async () => {
      const before = await traces()
      await onEmpty(
        `mv /usr/bin/sha256sum /usr/bin/sum.away; printf '#!/bin/sh\\nexit 1\\n' >/usr/bin/sha256sum; chmod 755 /usr/bin/sha256sum`,
      )
      const failed = await run(...args, '--confirm', 'alice')
      await onEmpty('mv /usr/bin/sum.away /usr/bin/sha256sum')
      expect(failed.stderr).toContain('taken back')
      expect(await traces()).toBe(before)

      const { code, stdout, stderr } = await run(...args, '--confirm', 'alice')
      expect([code, stderr, stdout]).toEqual([0, expect.any(String), expect.any(String)])
      expect(stdout).toContain('mail info@alice.example: 5 of 5 messages')
      expect(await onEmpty(messages)).toBe(await servers.onLab(messages))
      expect(await onEmpty(`cd /var/vmail && stat -c '%n %a %U %G' . alice.example alice.example/info`)).toBe(
        '. 750 vmail vmail\nalice.example 700 vmail vmail\nalice.example/info 700 vmail vmail\n',
      )
      await onEmpty(dovecot('/var/vmail', 'vmail'))
      expect(await imap('info')).toMatch(/\* 5 EXISTS[^]*FETCH \(UID \d+ FLAGS \(\\Seen/)
      expect(await imap('sales')).toContain('* 2 EXISTS')

      const undone = await run('undo', /- job: (\S+)/.exec(stdout)?.[1] ?? '', '--confirm', 'alice')
      expect([undone.code, undone.stderr]).toEqual([0, expect.any(String)])
      expect(await traces()).toBe(before)
    },
  )

  test(
    'go where the target’s Dovecot has them, in a folder of root’s too',
    { tags: ['thorough'] },
    async () => {
      await onEmpty(
        `useradd --system -U -M -s /usr/sbin/nologin post; mkdir /srv/store; ${dovecot('/srv/store', 'post')}`,
      )
      const { code, stdout, stderr } = await run(...args, '--confirm', 'alice')
      expect([code, stderr, stdout]).toEqual([0, expect.any(String), expect.any(String)])
      expect(await onEmpty(`cd /srv/store && stat -c '%n %a %U' . alice.example alice.example/info`)).toBe(
        '. 755 root\nalice.example 750 post\nalice.example/info 700 post\n',
      )
      expect(await imap('info')).toContain('* 5 EXISTS')
      const undone = await run('undo', /- job: (\S+)/.exec(stdout)?.[1] ?? '', '--confirm', 'alice')
      expect([undone.code, undone.stderr]).toEqual([0, expect.any(String)])
      expect(await onEmpty('ls -A /srv/store')).toBe('')
    },
  )
})
