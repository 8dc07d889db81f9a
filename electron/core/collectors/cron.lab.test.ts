import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHost, type LabHost } from '../../../e2e/lab/lab.ts'
import { logIn } from '../../../e2e/lab/login.ts'
import { labAccount, leftoversOn, openArchive } from '../../../e2e/lab/tree.ts'
import { collectAlone, describeCollector } from './conformance.ts'
import { cronCollector } from './cron.ts'
import type { AccountSource } from '../../../shared/model/source.ts'

describe('the cron collector', () => {
  let host: LabHost
  beforeAll(async () => {
    host = await startHost({ layer: 'seeded', without: ['mariadb', 'postgres', 'dovecot', 'cron'] })
  })
  afterAll(() => host[Symbol.asyncDispose]())

  const alice = labAccount({ name: 'alice', hasCrontab: true })
  const collect = async (source: AccountSource, user = 'root') => {
    await using login = await logIn(host, user)
    return await collectAlone(cronCollector, { ...login, source })
  }
  const output = async (command: string) => (await host.exec(command)).stdout

  describe.each([
    ['root', {}],
    ['deploy', { sudo: 'without password' }],
    ['ops', { sudo: { password: 'pw-ops' } }],
    ['alice', {}],
  ] as const)('with a login as %s', (user, options) => {
    describeCollector({
      collector: cronCollector,
      subject: async () => ({ ...(await logIn(host, user, options)), source: alice }),
      live: async () => new Map([['crontab', await output('crontab -u alice -l')]]),
      stored: async (archive) =>
        new Map([['crontab', await output(`cat ${await openArchive(host, archive)}/cron/crontab`)]]),
      gaps: [],
      leftovers: () => leftoversOn(host),
    })
  })

  test('the bytes are those of the crontab, also without a line end at its end', async () => {
    const spool = '/var/spool/cron/crontabs/carol'
    await host.exec(
      `printf 'MAILTO=\\377\\n# own\\n5 4 * * * date +\\\\%%s%%in\\t@@x END\\r\\n\\n@daily echo end' >${spool}`,
    )
    const got = await collect(labAccount({ name: 'carol', uid: 1002, gid: 1002, hasCrontab: true }))
    const file = `${await openArchive(host, got.archive)}/cron/crontab`
    expect(await output(`od -c ${file}`)).toBe(await output(`od -c ${spool}`))
    expect(await output(`stat -c '%a %u:%g' ${file}`)).toBe('600 1002:1002\n')
    expect(got.components[0]?.detail['jobs']).toBe(2)
  })

  test('jobs of the system that run as the account are named, and its own timers', async () => {
    await host.exec(`install -d -o alice /home/alice/.config/systemd/user /var/lib/systemd/linger
      touch /home/alice/.config/systemd/user/tick.timer /var/lib/systemd/linger/alice
      printf '[Service]\\nUser=alice\\n' >/etc/systemd/system/worker.service
      echo '@daily alice /bin/true' >/etc/cron.d/daily; echo '#1 1 1 1 1 alice x' >/etc/cron.d/comment
      echo '1 1 1 1 1 bob alice' >/etc/cron.d/bobs`)
    const got = await collect({ ...alice, configFiles: ['/etc/cron.d/alice-report'] })
    expect(got.components[0]?.detail).toEqual({
      jobs: 2,
      systemFiles: ['/etc/cron.d/alice-report', '/etc/cron.d/daily', '/etc/systemd/system/worker.service'],
      timers: ['tick.timer'],
      linger: true,
    })
    const why = 'has a job that runs as alice; it belongs to the system’s files'
    expect(got.skipped).toEqual([
      { path: '/etc/cron.d/daily', why },
      { path: '/etc/systemd/system/worker.service', why },
    ])
  })

  test('an account without a crontab has nothing, whoever asks', async () => {
    for (const user of ['root', 'erin']) {
      const got = await collect(labAccount({ name: 'erin', uid: 1003, gid: 1003 }), user)
      expect(got.components).toEqual([])
      expect(got.skipped).toEqual([])
    }
  })

  test('an account that may not use crontab is told so', async () => {
    await host.exec('echo erin >/etc/cron.deny')
    const { skipped } = await collect(labAccount({ name: 'erin', uid: 1003, gid: 1003 }), 'erin')
    await host.exec('rm /etc/cron.deny')
    expect(skipped).toEqual([{ path: 'cron/crontab', why: 'the server does not let erin use crontab' }])
  })

  test('a crontab that fails is never taken for none', async () => {
    await host.exec(`mv /usr/bin/crontab /usr/bin/crontab.real
      printf '#!/bin/sh\\necho "cannot open the spool" >&2\\nexit 1\\n' >/usr/bin/crontab; chmod 755 /usr/bin/crontab`)
    await expect(collect(alice)).rejects.toMatchObject({ code: 'remote-failed' })
    await host.exec('rm /usr/bin/crontab')
    await expect(collect(alice, 'alice')).rejects.toMatchObject({ code: 'tool-missing' })
    expect((await collect({ ...alice, hasCrontab: false }, 'alice')).components).toEqual([])
    expect((await collect(alice)).components).toHaveLength(1)
    await host.exec('mv /usr/bin/crontab.real /usr/bin/crontab')
  })
})
