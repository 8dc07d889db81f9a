import { expect, test } from 'vitest'
import { groupsOf, parseGroups, parsePasswd, selectAccounts } from './passwd.ts'

const passwd = Buffer.concat([
  Buffer.from(`root:x:0:0:root:/root:/bin/bash
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
alice:x:1000:1000:Alice,,,:/srv/elsewhere/alice:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
huge:x:70000:70000::/home/huge:/bin/sh
+@netgroup::::::
broken line
alice:x:2000:2000::/home/second:/bin/sh
`),
  Buffer.from('caf'),
  Buffer.from([0xe9]),
  Buffer.from(':x:1001:100::/home/caf'),
  Buffer.from([0xe9]),
  Buffer.from(':/bin/sh'),
])

test('accounts are people by uid, whatever their shell, and others that have something to lose', () => {
  const users = parsePasswd(passwd)
  const names = (hasData: string[]) =>
    selectAccounts(users, { uidMin: 1000, hasData: (user) => hasData.includes(user.name) }).map(
      ({ name }) => name,
    )
  expect(names([])).toEqual(['alice', 'caf\\xe9'])
  expect(names(['www-data', 'huge', 'root', 'nobody'])).toEqual(['www-data', 'alice', 'huge', 'caf\\xe9'])
})

test('a home is where the user database says, and of two lines of a name the first counts', () => {
  const alice = parsePasswd(passwd).filter(({ name }) => name === 'alice')
  expect(alice).toMatchObject([{ uid: 1000, home: '/srv/elsewhere/alice', gecos: 'Alice,,,' }])
})

test('groups stand by name, the primary one first', () => {
  const groups = parseGroups(Buffer.from('web:x:33:alice,bob\nalice:x:1000:\nsudo:x:27:alice\nbroken\n'))
  const [alice] = parsePasswd(passwd).filter(({ name }) => name === 'alice')
  expect(groupsOf(alice!, groups)).toEqual(['alice', 'web', 'sudo'])
  expect(groupsOf({ ...alice!, gid: 4711 }, groups)[0]).toBe('4711')
})
