import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TwoServers } from '../../../../e2e/lab/two-servers.ts'

let servers: TwoServers
const onEmpty = (command: string) => servers.onEmpty(command)
const facts = (name: string) =>
  `getent passwd ${name}; id -Gn ${name}; getent shadow ${name} | cut -d: -f2-8; stat -c '%a %U %G' "$(getent passwd ${name} | cut -d: -f6)"`

beforeAll(async () => {
  servers = await TwoServers.start(
    { layer: 'seeded', without: ['postgres', 'dovecot'] },
    {
      prepare: `groupadd -g 700 clients; groupadd -g 701 gone; usermod -aG clients,gone,www-data bob; chage -M 90 bob
        printf '%s\\n' '<?php' "define( 'DB_NAME', 'bob_blog' );" "define( 'DB_USER', 'bob' );" "define( 'DB_PASSWORD', 'db-bob' );" "\\$logs = '/home/bob/logs';" >/home/bob/public_html/wp-config.php
        cd /home/bob; echo 'DB_HOST=\${X}/home/bob' >.env; chmod 400 public_html/wp-config.php; ln public_html/wp-config.php other-name; chown bob: .env public_html/wp-config.php; cd /
        usermod -c 'Bob Müller' bob; chown bob:www-data /home/bob; chmod 2750 /home/bob; mkdir -p /srv/deep/er/site; echo site >/srv/deep/er/site/index; chown -R bob: /srv/deep/er/site`,
      prepareEmpty: 'groupadd -g 800 clients; useradd -m -u 1001 other; useradd -M uucp2 -u 1005',
    },
  )
  await servers.product.holdfast.json(['source', 'set', 'lab/bob', '--path', '/srv/deep/er/site'])
  for (const name of ['bob', 'dora', 'ops']) await servers.product.holdfast.run(['backup', `lab/${name}`])
})

afterAll(() => servers[Symbol.asyncDispose]())

const args = (from: string, to: string, ...more: readonly string[]) => [
  ...['restore', `lab/${from}@latest`, '--to', `empty/${to}`, '--create', ...more],
]

async function restore(from: string, to: string, ...more: readonly string[]) {
  const { code, stdout, stderr } = await servers.product.holdfast.run(
    args(from, to, '--confirm', to, ...more),
  )
  return { code, said: `${stdout}${stderr}`, job: /- job: (\S+)/.exec(stdout)?.[1] ?? '' }
}

const plan = (from: string, to: string, ...more: readonly string[]) =>
  servers.product.holdfast.run(args(from, to, '--plan', ...more))

/** All that making accounts could leave behind. */
const traces = () =>
  onEmpty(`cat /etc/passwd /etc/group; ls -A /home /srv /var/spool/cron/crontabs; ls -A /run/ | grep holdfast || true
    mariadb -NrBe "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA; SELECT User, Host FROM mysql.user"`)

describe('an account on a server that does not have it', () => {
  test(
    'comes with its login, home, databases and crontab, which is taken into use by a word',
    { tags: ['thorough'] },
    async () => {
      const before = await traces()
      const shown = await plan('bob', 'bob')
      expect(shown.stdout).toContain('The uid 1001 is that of other there; bob gets 1006')
      expect(shown.stdout).toContain('bob does not become a member of gone, which is not on empty')
      const { said, job } = await restore('bob', 'bob')
      expect(said).toContain('account: 8 of 8 facts')
      const wanted = await servers.onLab(facts('bob'))
      expect(await onEmpty(facts('bob'))).toBe(
        wanted.replace('x:1001:1001:', 'x:1006:1006:').replace(' gone', ''),
      )
      expect(await onEmpty("stat -c '%U' /home/bob/public_html")).toBe('bob\n')
      expect(await onEmpty("cat /srv/deep/er/site/index; stat -c '%U' /srv/deep/er /srv/deep/er/site")).toBe(
        'site\nroot\nbob\n',
      )
      const login = 'mariadb -ubob -pdb-bob -NBe "SHOW TABLES" bob_blog'
      expect(await onEmpty(login)).toBe(await servers.onLab(login))

      const crontab = await servers.onLab('crontab -u bob -l')
      const jobs = (await onEmpty('crontab -u bob -l')).split('\n').filter((line) => /^\d/.test(line))
      expect(jobs).toEqual([])
      expect((await servers.product.holdfast.run(['cron', 'enable', 'empty/bob'])).stdout).toContain(
        '2 lines',
      )
      expect(await onEmpty('crontab -u bob -l')).toBe(crontab)
      const again = await servers.product.holdfast.json(['cron', 'enable', 'empty/bob'])
      expect(again).toEqual({ enabled: 0 })

      await onEmpty(
        `runuser -u bob -- sh -c 'echo mine >/home/bob/later'; touch /var/mail/bob; chown bob /var/mail/bob`,
      )
      const undone = await servers.product.holdfast.run(['undo', job, '--confirm', 'bob'])
      expect([undone.code, undone.stderr]).toEqual([0, expect.any(String)])
      expect(await traces()).toBe(before)
      expect(await onEmpty('ls /var/mail')).toBe('')
    },
  )

  test(
    'gets its old uid, its home elsewhere and another name where one is given',
    { tags: ['thorough'] },
    async () => {
      const before = await traces()
      const first = await restore('dora', 'dora', '--enable-cron', '--scope', 'files')
      expect([first.code, first.said]).toEqual([0, expect.any(String)])
      expect(await onEmpty(facts('dora'))).toBe(await servers.onLab(facts('dora')))
      const second = await restore(
        'dora',
        'dörte',
        '--map',
        'uid:2500=2700',
        '--map',
        'gid:2500=2701',
        '--scope',
        'files',
      )
      expect([second.code, second.said]).toEqual([0, expect.any(String)])
      expect(await onEmpty('getent passwd dörte; ls -ldn /srv/www/dörte')).toMatch(
        /^dörte:x:2700:2701::\/srv\/www\/dörte:[^]*2700 2701/,
      )
      for (const [job, name] of [
        [second.job, 'dörte'],
        [first.job, 'dora'],
      ] as const) {
        expect((await servers.product.holdfast.run(['undo', job, '--confirm', name])).code).toBe(0)
      }
      expect(await traces()).toBe(before)
    },
  )

  test(
    'leaves a group alone that somebody else made meanwhile, and removes its own when it fails',
    { tags: ['thorough'] },
    async () => {
      const real = '/usr/sbin/groupadd'
      const shadow = 'getent group dora; getent gshadow dora; getent passwd dora; true'
      await onEmpty(`cp -p ${real} /root/groupadd
      printf '#!/bin/sh\n/root/groupadd -g 2500 dora\nexec /root/groupadd "$@"\n' >${real}`)
      const raced = await restore('dora', 'dora', '--scope', 'files')
      expect([raced.code, raced.said]).toEqual([13, expect.stringContaining("group 'dora' already exists")])
      expect(await onEmpty(shadow)).toBe('dora:x:2500:\ndora:!::\n')
      await onEmpty(`cp -p /root/groupadd ${real}; groupdel dora
      cp -p /usr/sbin/useradd /root/useradd; printf '#!/bin/sh\nexit 1\n' >/usr/sbin/useradd`)
      const failed = await restore('dora', 'dora', '--scope', 'files')
      await onEmpty('cp -p /root/useradd /usr/sbin/useradd')
      expect([failed.code, await onEmpty(shadow)]).toEqual([13, ''])
    },
  )

  test('that could become root gets no password and no such group', { tags: ['thorough'] }, async () => {
    const { code, said, job } = await restore('ops', 'ops', '--scope', 'files')
    expect([code, said]).toEqual([0, expect.stringContaining('Set one with: passwd ops')])
    expect(await onEmpty('id -Gn ops; getent shadow ops | cut -d: -f2')).toBe('ops\n!\n')
    await onEmpty(
      `uid=$(id -u ops); home=$(getent passwd ops | cut -d: -f6); userdel -r ops; useradd -M -u "$uid" -d "$home" ops`,
    )
    const namesake = await servers.product.holdfast.run(['undo', job, '--confirm', 'ops'])
    expect([namesake.code, await onEmpty('getent passwd ops | cut -d: -f1')]).toEqual([5, 'ops\n'])
    await onEmpty('userdel ops && useradd -m -u 1900 ops')
    const undone = await servers.product.holdfast.run(['undo', job, '--confirm', 'ops'])
    expect([undone.code, await onEmpty('id -u ops')]).toEqual([5, '1900\n'])
    await onEmpty('userdel -r ops')
  })

  test.each([
    ['bob', 'other', 5, 'has an account other already'],
    ['bob', 'games', 5, 'has a user games already'],
    ['bob', 'a b', 2, ''],
    ['bob', '../bob', 2, ''],
    ['bob', 'a\\b', 2, ''],
    ['bob', 'x'.repeat(33), 2, ''],
  ])('%s as %j is refused with %i', { tags: ['thorough'] }, async (from, to, code, said) => {
    const shown = await plan(from, to)
    expect([shown.code, shown.stdout]).toEqual([code, expect.stringContaining(said)])
  })

  test('is refused where its home is taken, a crontab waits for it, or a panel runs the server', async () => {
    await onEmpty('mkdir /home/bob /etc/opterius; echo "* * * * * x" >/var/spool/cron/crontabs/bob')
    const { code, stdout } = await plan('bob', 'bob')
    expect([code, stdout]).toEqual([5, expect.stringContaining('/home/bob is there already')])
    expect(stdout).toContain('left the crontab /var/spool/cron/crontabs/bob')
    expect(stdout).toContain('empty is run by opterius')
    await onEmpty('rm -r /home/bob /etc/opterius /var/spool/cron/crontabs/bob')
  })

  test(
    'under another name gets its configuration rewritten on the way, and nothing else',
    { tags: ['thorough'] },
    async () => {
      const config = '/home/bob/public_html/wp-config.php'
      const shown = await plan('bob', 'rob')
      const place = '/home/rob/public_html/wp-config.php'
      expect(shown.stdout.replaceAll(/ +/g, ' ')).toContain(
        [
          ' public_html/wp-config.php',
          ' line 2: database bob_blog → rob_blog',
          ' line 3: database user bob → rob',
          ' line 5: path /home/bob → /home/rob',
          '',
        ].join('\n'),
      )
      const open = `/home/rob/.env, line 1: a string was left as it is`
      expect(shown.stdout).toContain(open)
      const apache = '/etc/apache2/sites-available/bob.conf'
      expect(shown.stdout).toContain(`${apache}: missing there`)
      const secret = 'SetEnv DB_PASSWORD hunter2'
      await onEmpty(
        `mkdir -p ${apache.replace(/[/][^/]*$/, '')} && printf 'ServerName other.example\n${secret}\n' >${apache}`,
      )
      const compared = (await plan('bob', 'rob')).stdout
      expect(compared).toContain(`${apache}: differs\n    --- at the target`)
      expect(compared).toContain('\n    -ServerName other.example\n    -SetEnv DB_PASSWORD [secret]\n')
      expect(compared).toContain('\n    +    ServerName bob.example\n')
      expect(compared).not.toContain('hunter2')
      await onEmpty(
        `echo '${Buffer.from(await servers.onLab(`cat ${apache}`)).toString('base64')}' | base64 -d >${apache}`,
      )
      expect((await plan('bob', 'rob')).stdout).toContain(`${apache}: the same there`)
      const { said, job } = await restore('bob', 'rob')
      expect(said).toMatch(/files: (\d+) of \1 files .*; 1 configuration file as rewritten for the target/)
      expect(said).toContain(open)
      const original = await servers.onLab(`cat ${config}`)
      const login = original.replace('bob_blog', 'rob_blog').replace("'bob'", "'rob'")
      expect(await onEmpty(`cat ${place}`)).toBe(login.replace('/home/bob/logs', '/home/rob/logs'))
      const facts = (path: string) => `stat -c '%a %h %y' ${path}`
      expect(await onEmpty(facts(place))).toBe(await servers.onLab(facts(config)))
      expect(await onEmpty(`stat -c %U ${place}; cat /home/rob/.env`)).toBe('rob\nDB_HOST=${X}/home/bob\n')
      expect(await onEmpty('mariadb -urob -pdb-bob -NBe "SHOW TABLES" rob_blog')).toBe('t\n')
      expect((await servers.product.holdfast.run(['undo', job, '--confirm', 'rob'])).code).toBe(0)

      const files = await plan('bob', 'rob', '--scope', 'files')
      expect(files.stdout).toContain(
        `no database rob_blog, and this restore does not bring it, but ${place}, line 2`,
      )
      await servers.product.holdfast.run(['backup', 'lab/bob', '--no-credentials'])
      const { stdout } = await plan('bob', 'bob')
      expect(stdout).toContain(`still stands in ${config}, line 4. Give bob a password`)
      expect(stdout).not.toContain('rewritten')
    },
  )
})
