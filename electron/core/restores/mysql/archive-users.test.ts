import { expect, test } from 'vitest'
import type { ArchiveReader } from '../../archive/reader.ts'
import { Readable } from 'node:stream'
import { archiveServer, parseGrant, privilegesOn } from './archive-users.ts'

const { signal } = new AbortController()

function readerOf(files: Readonly<Record<string, string>>): ArchiveReader {
  const name = (path: Buffer) => path.toString().replace('databases/mysql/', '')
  return {
    stat: (path: Buffer) =>
      files[name(path)] === undefined ? null : { path, type: 'file', size: files[name(path)]?.length },
    content: ({ path }: { readonly path: Buffer }) => Readable.from([Buffer.from(files[name(path)] ?? '')]),
  } as unknown as ArchiveReader
}

test('a grant is read only where it is one on a whole database, without the right to give it on', () => {
  const grant = 'GRANT SELECT, CREATE TEMPORARY TABLES ON `a``b\\_%`.* TO `x`@`h` WITH GRANT OPTION'
  expect(parseGrant(grant)).toEqual({
    privileges: 'SELECT, CREATE TEMPORARY TABLES',
    pattern: 'a`b\\_%',
  })
  for (const other of [
    'GRANT ALL PRIVILEGES ON *.* TO `x`@`h`',
    'GRANT SELECT ON `a`.`t` TO `x`@`h`',
    'GRANT EXECUTE ON PROCEDURE `a`.`p` TO `x`@`h`',
    'GRANT SUPER ON `a`.* TO `x`@`h`',
    'GRANT SELECT, FILE ON `a`.* TO `x`@`h`',
    'GRANT GRANT OPTION ON `a`.* TO `x`@`h`',
    'GRANT PROXY ON `root`@`localhost` TO `x`@`h`',
    'GRANT SELECT ON `a`.*; DROP DATABASE `a` TO `x`@`h`',
    'DROP DATABASE `a`',
  ])
    expect(parseGrant(other), other).toBeNull()
})

test('of the users, only names, hashes of known kinds and rights on whole databases are taken', async () => {
  const hash = `IDENTIFIED BY PASSWORD '*${'A1'.repeat(20)}'`
  const user = (name: string, more = {}) => ({
    ...{ user: name, host: 'localhost', isRole: false, roles: [] },
    ...{ grants: ['GRANT ALL PRIVILEGES ON `a\\_%`.* TO `x`@`localhost`'], ...more },
  })
  const users = ['good', 'socket', 'plain', 'behind'].map((name) => user(name))
  const all = [...users, user('role', { isRole: true }), user(''), user('at', { host: "%' OR '1" })]
  const { users: found, databases } = await archiveServer(
    readerOf({
      '_grants.json': JSON.stringify({ users: all }),
      '_users.sql': `SET NAMES utf8mb4;
CREATE USER IF NOT EXISTS \`good\`@\`localhost\` ${hash};
CREATE USER IF NOT EXISTS \`socket\`@\`localhost\` IDENTIFIED VIA unix_socket;
CREATE USER IF NOT EXISTS \`plain\`@\`localhost\` IDENTIFIED BY 'secret';
CREATE USER IF NOT EXISTS \`behind\`@\`localhost\` ${hash}; DROP USER root@localhost;
`,
      '_setup.sql':
        'CREATE DATABASE IF NOT EXISTS `a_b` CHARACTER SET latin1 COLLATE latin1_swedish_ci;\nDROP DATABASE x;\n',
    }),
    { signal },
  )
  expect(found.map((one) => [one.user, one.identified])).toEqual([
    ['good', hash],
    ['socket', null],
    ['plain', null],
    ['behind', null],
  ])
  expect(found[0] && privilegesOn(found[0], 'a_b')).toBe('ALL PRIVILEGES')
  expect(found[0] && privilegesOn(found[0], 'axb')).toBeNull()
  expect([...databases]).toEqual([['a_b', { charset: 'latin1', collation: 'latin1_swedish_ci' }]])
})
