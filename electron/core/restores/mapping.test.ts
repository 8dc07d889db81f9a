import { describe, expect, test } from 'vitest'
import { RestoreMapping } from '../../../shared/model/restore-mapping.ts'
import { ArchiveAccount } from './mapping/account-facts.ts'
import { mapAcl } from './mapping/map-acl.ts'
import { parseMapOption } from './mapping/overrides.ts'
import { deriveMapping, inverseMapping, mapDatabase, mapOwner, mapPath } from './mapping.ts'
import { testMapping } from './test-mapping.ts'

const archive = ArchiveAccount.parse({
  name: 'alice',
  uid: 1001,
  gid: 1001,
  home: '/home/alice',
  shell: '/bin/bash',
  documentRoots: ['/home/alice/public_html', '/srv/www/alice'],
  mailboxes: [
    { domain: 'a.test', name: 'info', path: '/var/vmail/a.test/info' },
    { domain: 'a.test', name: 'post', path: '/home/alice/mail/a.test/post' },
    { domain: null, name: 'alice', path: '/home/alice/Maildir' },
  ],
})
const bob = { name: 'bob', uid: 2002, gid: 2003, home: '/srv/bob' }
const mysql = (name: string) => ({ engine: 'mysql', name }) as const

type Options = Partial<Parameters<typeof deriveMapping>[0]> & { map?: readonly string[] }
function derive({ map = [], ...options }: Options = {}) {
  const mapping = deriveMapping({
    archive,
    databases: ['alice_wp', 'alice', 'shop', 'alicewp'].map(mysql),
    databaseUsers: [mysql('alice_wp')],
    target: bob,
    sameAccount: false,
    overrides: map.map(parseMapOption),
    ...options,
  })
  return RestoreMapping.parse(mapping)
}
const names = (rows: readonly { to: string }[]) => rows.map(({ to }) => to)

describe('the default mapping', () => {
  test('into another account renames what has its prefix and keeps the rest', () => {
    const mapping = derive()
    expect(mapping).toMatchObject({
      user: { from: 'alice', to: 'bob' },
      uid: { from: 1001, to: 2002 },
      gid: { from: 1001, to: 2003 },
      home: { from: '/home/alice', to: '/srv/bob' },
      paths: [{ from: '/srv/www/alice', to: '/srv/www/alice' }],
    })
    expect(names(mapping.databases)).toEqual(['bob_wp', 'bob', 'shop', 'alicewp'])
    expect(names(mapping.databaseUsers)).toEqual(['bob_wp'])
    expect(mapping.domains).toEqual([
      {
        from: 'a.test',
        to: 'a.test',
        paths: [
          { from: '/home/alice/mail/a.test', to: '/srv/bob/mail/a.test' },
          { from: '/var/vmail/a.test', to: '/var/vmail/a.test' },
        ],
      },
    ])
  })

  test('into the same account changes no name, also where its ids or home did', () => {
    const mapping = derive({ sameAccount: true, target: { ...bob, name: 'alice', home: '/home/alice' } })
    expect(names(mapping.databases)).toEqual(['alice_wp', 'alice', 'shop', 'alicewp'])
    expect(mapping.uid.to).toBe(2002)
  })

  test('into a new account keeps ids and home; a new name moves a home of that name', () => {
    expect(derive({ target: null })).toMatchObject({ uid: { to: 1001 }, home: { to: '/home/alice' } })
    const renamed = derive({ target: null, map: ['user:alice=carol'] })
    expect(renamed).toMatchObject({ user: { to: 'carol' }, home: { to: '/home/carol' } })
    expect(names(renamed.databases)).toEqual(['carol_wp', 'carol', 'shop', 'alicewp'])
    expect(derive({ target: null, map: ['home:/home/alice=/data/x'] }).home.to).toBe('/data/x')
  })
})

describe('overrides', () => {
  test('win over the defaults, also with = in either name', () => {
    const databases = [mysql('a=b'), mysql('a')]
    expect(names(derive({ databases, map: ['db:a=b=c'] }).databases)).toEqual(['c', 'a'])
    expect(names(derive({ databases: [mysql('a')], map: ['db:a=b=c'] }).databases)).toEqual(['b=c'])
    const domain = derive({ map: ['domain:a.test=b.test', 'dbuser:alice_wp=wp'] })
    expect(domain.domains[0]?.paths).toEqual([
      { from: '/home/alice/mail/a.test', to: '/srv/bob/mail/b.test' },
      { from: '/var/vmail/a.test', to: '/var/vmail/b.test' },
    ])
    expect(names(domain.databaseUsers)).toEqual(['wp'])
  })

  test.each([
    ['db:none=x', 'it has alice, alice_wp, alicewp, shop'],
    ['user:carol=x', 'it has alice'],
    ['dbuser:x=y', 'it has alice_wp'],
    ['domain:b.test=x', 'it has a.test'],
    ['home:/root=/x', 'it has /home/alice'],
  ])('%s is refused with the names that there are', (map, list) => {
    expect(() => derive({ map: [map] })).toThrow(
      expect.objectContaining({ code: 'invalid-input', message: expect.stringContaining(list) }),
    )
  })

  test.each(['', 'db', 'db:', 'db:a', 'db:=x', 'db:a=', 'table:a=b', 'DB:a=b'])(
    '%j is not understood',
    (text) => {
      expect(() => parseMapOption(text)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
    },
  )

  test.each([
    'user:alice=carol',
    'home:/home/alice=/elsewhere',
    'db:shop=alice\u0000',
    'db:shop=bob_wp',
    `db:shop=${'x'.repeat(65)}`,
    'db:shop=\u{1f600}',
    'db:shop=x ',
    `dbuser:alice_wp=${'x'.repeat(33)}`,
    'domain:a.test=A b',
    'domain:a.test=../x',
  ])('%j is refused', (map) => {
    expect(() => derive({ map: [map] })).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })

  test.each(['relative', '/', '/a/../b', '/a/', '/a:b', '/a\nb', '/a//b', '/./a'])(
    '%j is no home',
    (home) => {
      expect(() => derive({ target: null, map: [`home:/home/alice=${home}`] })).toThrow(
        expect.objectContaining({ code: 'invalid-input' }),
      )
    },
  )

  test('one name twice is refused', () => {
    expect(() => derive({ map: ['db:shop=a', 'db:shop=b'] })).toThrow('twice')
  })
})

describe('names of databases', () => {
  const long = (prefix: string, length: number) => mysql(prefix.padEnd(length, 'x'))
  test('may be 64 characters long, and no longer when the prefix grows', () => {
    const target = { ...bob, name: 'robert' }
    expect(names(derive({ target, databases: [long('alice_', 63)] }).databases)[0]).toHaveLength(64)
    expect(() => derive({ target, databases: [long('alice_', 64)] })).toThrow('65 characters')
    expect(() => derive({ target, databaseUsers: [long('alice_', 32)] })).toThrow('33 characters')
    const over = derive({
      target,
      databases: [long('alice_', 64)],
      map: [`db:${'alice_'.padEnd(64, 'x')}=short`],
    })
    expect(names(over.databases)).toEqual(['short'])
  })

  test('are counted in bytes for PostgreSQL', () => {
    const name = `alice_${'ü'.repeat(29)}`
    const databases = [{ engine: 'postgresql', name }] as const
    expect(() => derive({ target: { ...bob, name: 'robert' }, databases })).toThrow('65 bytes')
  })

  test('that were there before are kept, however long', () => {
    expect(
      names(derive({ sameAccount: true, databaseUsers: [long('alice_', 70)] }).databaseUsers)[0],
    ).toHaveLength(70)
  })

  test('that would be the same, or belong to another, are refused', () => {
    expect(() => derive({ databases: [mysql('alice_wp'), mysql('bob_wp')] })).toThrow('both be called bob_wp')
    expect(
      derive({ databases: [mysql('alice_a'), { engine: 'postgresql', name: 'bob_a' }] }).databases,
    ).toHaveLength(2)
    const taken = { databases: [mysql('shop')], users: [] }
    expect(() => derive({ taken })).toThrow(expect.objectContaining({ code: 'conflict' }))
    expect(names(derive({ taken, map: ['db:shop=bob_shop'] }).databases)).toContain('bob_shop')
  })
})

describe('what follows the mapping', () => {
  const mapping = testMapping()
  const path = (text: string) => mapPath(mapping, Buffer.from(text, 'latin1')).toString('latin1')

  test.each([
    ['/home/alice', '/srv/bob'],
    ['/home/alice/caf\xe9\n', '/srv/bob/caf\xe9\n'],
    ['/home/alice2', '/home/alice2'],
    ['/home/alice.old/x', '/home/alice.old/x'],
    ['/mnt/home/alice', '/mnt/home/alice'],
    ['/home', '/home'],
    ['/srv/www/alice/x', '/srv/www/alice/x'],
    ['/var/vmail/a.test/info', '/var/vmail/b.test/info'],
    ['/var/vmail/a.tests', '/var/vmail/a.tests'],
  ])('%j lies at %j', (from, to) => expect(path(from)).toBe(to))

  test('the longest row decides', () => {
    const rows = { ...mapping, paths: [{ from: '/home/alice/www', to: '/www/bob' }] }
    expect(mapPath(rows, Buffer.from('/home/alice/www/x')).toString()).toBe('/www/bob/x')
  })

  test('owners: the account is mapped, others keep their ids', () => {
    expect(mapOwner(mapping, { uid: 1001, gid: 1001 })).toEqual({ uid: 2002, gid: 2002, own: true })
    expect(mapOwner(mapping, { uid: 33, gid: 1001 })).toEqual({ uid: 33, gid: 2002, own: false })
  })

  test('databases by engine and name', () => {
    expect(mapDatabase(mapping.databases, mysql('alice_wp'))).toBe('bob_wp')
    expect(mapDatabase(mapping.databases, { engine: 'postgresql', name: 'alice_wp' })).toBe(null)
  })

  test('the inverse leads back', () => {
    const back = inverseMapping(mapping)
    for (const text of ['/home/alice/x', '/var/vmail/a.test/y', '/etc/x']) {
      expect(mapPath(back, mapPath(mapping, Buffer.from(text))).toString()).toBe(text)
    }
    expect(inverseMapping(back)).toEqual(mapping)
  })

  test.each([
    [
      'user::rw-\nuser:www-data:r--\nuser:alice:rwx\nuser:1001:rwx\ngroup::r--\ngroup:alice:r-x\ngroup:1001:r-x\nmask::rwx\nother::r--\n',
      'user::rw-\nuser:www-data:r--\nuser:bob:rwx\nuser:2002:rwx\ngroup::r--\ngroup:bob:r-x\ngroup:2002:r-x\nmask::rwx\nother::r--\n',
    ],
    [
      'user::rwx,user:alice:r-x:1001,group:web:r-x:1001,u:alice:r',
      'user::rwx,user:bob:r-x:2002,group:web:r-x:2002,u:bob:r',
    ],
    ['default:user:alice:rwx\t#effective:r-x', 'default:user:bob:rwx\t#effective:r-x'],
    ['user:alice2:rwx\nuser:10011:rwx', 'user:alice2:rwx\nuser:10011:rwx'],
  ])('ACL %j becomes %j', (from, to) => expect(mapAcl(mapping, from)).toBe(to))
})
