import { expect, test } from 'vitest'
import type { DumpEntry } from '../../collectors/postgresql/archive-walk.ts'
import { passwordOf } from './archive-roles.ts'
import { rightsOf } from './database-properties.ts'
import { neededExtensions } from './extensions.ts'
import { scramVerifier } from './import-login.ts'
import { passing } from './passing.ts'
import { literal } from './sql.ts'
import { freeNames } from './table-facts.ts'
import type { Contents, TargetServer } from './target-server.ts'

const entry = (kind: string, tag: string, id = 1): DumpEntry => ({
  ...{ id, kind, tag, schema: 'public', owner: 'alice', copied: false },
})
const nothing = { extensions: new Set<string>(), schemas: new Set<string>() }

test('what only an administrator could make, or nobody knows, does not pass', () => {
  const kinds = [
    'EVENT TRIGGER',
    'SUBSCRIPTION',
    'FOREIGN DATA WRAPPER',
    'SERVER',
    'SECURITY LABEL',
    'NEW THING',
  ]
  const { entries, refused } = passing([entry('TABLE', 't'), ...kinds.map((kind) => entry(kind, 'x'))], {
    grants: true,
    provided: nothing,
  })
  expect(entries.map(({ kind }) => kind)).toEqual(['TABLE'])
  expect(refused.map(({ kind }) => kind)).toEqual(kinds)
})

test('rights come only where roles are called what they were', () => {
  const dump = [entry('ACL', 'TABLE t'), entry('DEFAULT ACL', 'x'), entry('DATABASE', 'd')]
  const chosen = (grants: boolean) => passing(dump, { grants, provided: nothing })
  expect([chosen(true).entries.length, chosen(true).grants.length]).toEqual([1, 1])
  expect([chosen(false).entries.length, chosen(false).grants.length]).toEqual([0, 2])
})

test('a dump has an administrator make only extensions that the replaced database has', () => {
  const contents = {
    ...{ head: { minor: 14, compressed: false, server: '15', tool: '15' } },
    entries: ['citext', 'dblink', 'postgis'].map((tag) => entry('EXTENSION', tag)),
  }
  const extensions = [
    { name: 'citext', trusted: true },
    { name: 'dblink', trusted: false },
  ]
  const server = { extensions } as unknown as TargetServer
  const now = { extensions: [{ name: 'dblink', schema: 'ext' }] } as unknown as Contents
  expect(neededExtensions(contents, server, null)).toEqual({
    ...{ provided: [], missing: ['postgis'], forbidden: ['dblink'] },
  })
  expect(neededExtensions(contents, server, now)).toMatchObject({
    ...{ provided: [{ name: 'dblink', schema: 'ext' }], forbidden: [] },
  })
})

test('rights on a database are read as PostgreSQL writes them', () => {
  const connect = ['CONNECT']
  expect(rightsOf(['=Tc/alice', 'bob=c*/alice', '"we ""ird"=c/alice', 'nonsense', 'x=q/alice'])).toEqual([
    { role: '', privileges: ['TEMPORARY', 'CONNECT'] },
    { role: 'bob', privileges: connect },
    { role: 'we "ird', privileges: connect },
  ])
})

test('a hash is taken only where it is one, and an old one only under its own name', () => {
  const role = (password: string) => ({
    ...{ name: 'a', login: true, connectionLimit: -1, memberOf: [] },
    password,
  })
  const md5 = `md5${'0'.repeat(32)}`
  const scram = scramVerifier('secret', Buffer.alloc(16))
  expect(passwordOf(role(scram), 'b')).toBe(scram)
  expect([passwordOf(role(md5), 'a'), passwordOf(role(md5), 'b')]).toEqual([md5, null])
  expect(passwordOf(role("x' SUPERUSER --"), 'a')).toBe(null)
})

test('a verifier is the one of RFC 7677', () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64')
  expect(scramVerifier('pencil', salt)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  )
})

test('parts of a renamed table get names of their own that are not too long', () => {
  const parts = ['t_pkey', 't_id_seq', 'other'].map((name) => ({ kind: 'INDEX' as const, name }))
  const table = { ...{ oid: 1, kind: 'r', inherits: false, others: 0, dependents: [] }, parts }
  expect(freeNames(table, { from: 't', to: 'new' }).map(({ to }) => to)).toEqual([
    'new_pkey',
    'new_id_seq',
    'new_other',
  ])
  const long = freeNames(table, { from: 't', to: 'ü'.repeat(31) }).map(({ to }) => to)
  expect(new Set(long).size).toBe(3)
  expect(Math.max(...long.map((name) => Buffer.byteLength(name)))).toBeLessThan(64)
})

test('a literal ends where its text ends', () => {
  expect(literal("a\\'b")).toBe(" E'a\\\\''b'")
})
