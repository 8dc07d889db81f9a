import { expect, test } from 'vitest'
import { startHost } from '../../../e2e/lab/lab.ts'
import { logIn } from '../../../e2e/lab/login.ts'
import { labAccount, leftoversOn } from '../../../e2e/lab/tree.ts'
import { discover } from '../sources/discover.ts'
import { collectAlone } from './conformance.ts'
import { mysqlCollector } from './mysql.ts'
import { postgresqlCollector } from './postgresql.ts'

test('passwords of databases are in no process list, environment or file while they are used', async () => {
  await using host = await startHost({ layer: 'seeded', without: ['dovecot', 'cron'] })
  const { signal } = new AbortController()
  const passwords = ['db-alice', 'pg-alice']
  const seenByUs = ['mariadb-dump', 'pg_dump']
  await host.exec('cat > /root/patterns', { input: Buffer.from([...passwords, ...seenByUs].join('\n')) })
  for (const tool of ['/usr/bin/mariadb-dump', '/usr/lib/postgresql/15/bin/pg_dump']) {
    await host.exec(`mv ${tool} ${tool}.real; cat > ${tool}; chmod 755 ${tool}`, {
      input: Buffer.from(`#!/bin/sh\nsleep 0.4\nexec ${tool}.real "$@"\n`),
    })
  }
  const watching = host.exec(`
    while [ ! -e /root/stop ]; do
      samples=$((samples + 1))
      cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -aohFf /root/patterns
      find /run /tmp /dev/shm /var/tmp -type f -newer /root/patterns 2>/dev/null | xargs -r grep -aohFf /root/patterns
      sleep 0.01
    done >/root/seen
    echo "$samples"`)
  await using login = await logIn(host, 'alice')
  const found = await discover(login.shell, login.survey, { overridesFor: () => null, signal })
  const databaseLogins = found.loginsOf('alice')
  const databases = found.sources[0]?.databases ?? []
  expect(databases.map(({ name }) => name).sort()).toEqual(['alice_app', 'alice_shop', 'alice_wp'])
  const source = labAccount({ name: 'alice', databases })
  for (const collector of [mysqlCollector, postgresqlCollector]) {
    const { warnings } = await collectAlone(collector, { ...login, source, databaseLogins })
    expect(warnings.filter(({ code }) => code !== 'non-transactional-table')).toEqual([])
  }
  await host.exec('touch /root/stop')
  expect(Number((await watching).stdout)).toBeGreaterThan(20)
  const seen = new Set((await host.exec('cat /root/seen')).stdout.split('\n'))
  expect([...seen].filter((text) => seenByUs.includes(text)).sort()).toEqual(seenByUs)
  expect([...seen].filter((text) => passwords.includes(text))).toEqual([])
  expect(await leftoversOn(host)).toEqual([])
})
