import { expect, test } from 'vitest'
import { accountByPrefix, claimDatabases, isSystemDatabase, likeMatches, namesExactly } from './evidence.ts'
import type { ConfigMention, DatabaseGrant, FoundDatabase } from './evidence.ts'

const mysql = (name: string): FoundDatabase => ({ engine: 'mysql', name, bytes: 1, owner: null })
const grant = (user: string, pattern: string): DatabaseGrant => ({ user, host: 'localhost', pattern })
const mention = (account: string, database: string, user: string): ConfigMention => ({
  account,
  path: `/home/${account}/wp-config.php`,
  engine: 'mysql',
  database,
  user,
})

function owners(facts: Partial<Parameters<typeof claimDatabases>[0]>): Record<string, string[]> {
  const claimed = claimDatabases({ databases: [], grants: [], mentions: [], accounts: [], ...facts })
  return Object.fromEntries([...claimed].map(([account, list]) => [account, list.map((one) => one.name)]))
}

test('LIKE patterns match as MySQL does', () => {
  expect(likeMatches('alice\\_%', 'alice_wp')).toBe(true)
  expect(likeMatches('alice\\_%', 'aliceXwp')).toBe(false)
  expect(likeMatches('alice_wp', 'aliceXwp')).toBe(true)
  expect(likeMatches('a.c', 'abc')).toBe(false)
  expect(likeMatches('%', 'two\nlines')).toBe(true)
  expect(likeMatches('_', '😀')).toBe(true)
  expect(likeMatches('Alice%', 'alice')).toBe(false)
  expect(likeMatches('back\\\\%', 'back\\slash')).toBe(true)
})

test('a pattern that is this name, escaped or not, is exact', () => {
  expect(namesExactly('alice\\_wp', 'alice_wp')).toBe(true)
  expect(namesExactly('alice_wp', 'alice_wp')).toBe(true)
  expect(namesExactly('alice_wp', 'aliceXwp')).toBe(false)
})

test('the longest account name wins a prefix', () => {
  expect(accountByPrefix('al_b_shop', ['al', 'al_b'])).toBe('al_b')
  expect(accountByPrefix('rozin_group', ['rozingroup'])).toBeNull()
  expect(accountByPrefix('bob', ['bob', 'b'])).toBe('bob')
  expect(accountByPrefix('alice', ['al'])).toBeNull()
})

test('an exact grant beats the prefix of another account', () => {
  const facts = { databases: [mysql('rozin_group_data')], accounts: ['rozin', 'rozingroup'] }
  expect(owners(facts)).toEqual({ rozin: ['rozin_group_data'] })
  expect(owners({ ...facts, grants: [grant('rozingroup_u', 'rozin\\_group\\_data')] })).toEqual({
    rozingroup: ['rozin_group_data'],
  })
})

test('an unescaped grant that happens to match is only a hint', () => {
  expect(
    owners({
      databases: [mysql('bobXblog'), mysql('bob_blog')],
      grants: [grant('bob', 'bob_blog')],
      accounts: ['bob', 'bobXblog'],
    }),
  ).toEqual({ bobXblog: ['bobXblog'], bob: ['bob_blog'] })
})

test('databases without a prefix are found by their grants', () => {
  expect(
    owners({ databases: [mysql('shop')], grants: [grant('alice_db', 'shop')], accounts: ['alice'] }),
  ).toEqual({
    alice: ['shop'],
  })
  expect(
    owners({ databases: [mysql('shop')], grants: [grant('alice', 'sh%')], accounts: ['alice'] }),
  ).toEqual({
    alice: ['shop'],
  })
})

test('a configuration file claims only what its user was granted', () => {
  const facts = {
    databases: [mysql('erp')],
    mentions: [mention('alice', 'erp', 'wpuser')],
    accounts: ['alice'],
  }
  expect(owners(facts)).toEqual({})
  expect(owners({ ...facts, grants: [grant('wpuser', 'erp')] })).toEqual({ alice: ['erp'] })
})

test('a configuration file cannot take what another account was granted', () => {
  expect(
    owners({
      databases: [mysql('bob_blog')],
      grants: [grant('bob', 'bob\\_blog')],
      mentions: [mention('alice', 'bob_blog', 'bob')],
      accounts: ['alice', 'bob'],
    }),
  ).toEqual({ bob: ['bob_blog'] })
})

test('all evidence for the winner is listed, the best first', () => {
  const claimed = claimDatabases({
    databases: [mysql('alice_wp')],
    grants: [grant('alice', 'alice\\_%'), grant('alice_wp', 'alice_wp')],
    mentions: [mention('alice', 'alice_wp', 'alice_wp')],
    accounts: ['alice'],
  })
  expect(claimed.get('alice')?.[0]?.evidence.map((one) => one.kind)).toEqual([
    'grant',
    'config-file',
    'prefix',
    'grant',
  ])
})

test('PostgreSQL databases follow their owner, then the prefix', () => {
  const pg = (name: string, owner: string): FoundDatabase => ({ engine: 'postgresql', name, bytes: 1, owner })
  expect(
    owners({
      databases: [pg('app', 'alice'), pg('x', 'bob_web'), pg('alice_x', 'postgres'), pg('lost', 'erp')],
      accounts: ['alice', 'bob'],
    }),
  ).toEqual({ alice: ['app', 'alice_x'], bob: ['x'] })
})

test("the server's own databases and a restore's second ones are nobody's", () => {
  for (const name of ['mysql', 'sys', 'alice_wp__new', 'alice_hf_0123abcd', 'hf_0123abcd', 'ho_0123abcd'])
    expect(isSystemDatabase('mysql', name)).toBe(true)
  for (const name of ['alice_wp', 'half_0123abcd', 'postgres', 'x__newer'])
    expect(isSystemDatabase('mysql', name)).toBe(false)
  expect(isSystemDatabase('postgresql', 'postgres')).toBe(true)
})
