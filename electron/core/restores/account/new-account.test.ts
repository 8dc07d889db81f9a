import { describe, expect, test } from 'vitest'
import type { AccountDocument } from '../../archive/account-document.ts'
import type { RestoreArchive } from '../restore-context.ts'
import { serverIds } from '../whole-server/server-ids.ts'
import { newIds } from './ids.ts'
import { loginShell } from './login-shell.ts'
import { newPassword } from './password.ts'

const user = (name: string, uid: number) => ({ name, uid, gid: uid, gecos: '', home: '/', shell: '' })
const group = (name: string, gid: number) => ({ name, gid, members: [] })
const room = { users: [user('bob', 1001)], groups: [group('bob', 1001), group('www', 33), group('sudo', 27)] }

function ids(uid: number, { primary = 'alice', trusted = true, map = [] as readonly string[] } = {}) {
  const mapping = {
    user: { from: 'alice', to: 'alice' },
    uid: { from: uid, to: uid },
    gid: { from: uid, to: uid },
  }
  const overrides = map.map((rename) => ({ kind: 'uid' as const, rename }))
  return newIds({ mapping, group: primary, trusted, uidMin: 1000, overrides }, room)
}

describe('the numbers of a new account', () => {
  test.each([
    [1500, { uid: 1500, gid: 1500, makesGroup: true }],
    [1001, { uid: 1002, gid: 1002 }],
    [0, { uid: 1002 }],
    [999, { uid: 1002 }],
    [65_534, { uid: 1002 }],
  ])('%i in the backup', (uid, expected) => {
    expect(ids(uid)).toMatchObject(expected)
  })

  test('go with a group that the server has, but with none that makes masters, nor the system’s unless it is our word', () => {
    expect(ids(1500, { primary: 'www' })).toMatchObject({ gid: 33, group: 'www', makesGroup: false })
    expect(ids(1500, { primary: 'www', trusted: false })).toMatchObject({ group: 'alice', makesGroup: true })
    expect(ids(1500, { primary: 'sudo' })).toMatchObject({ group: 'alice', makesGroup: true })
  })

  test.each(['1500=0', '1500=999', '1500=x', '1500=65535', '1500=4294967295'])('%s is refused', (map) => {
    expect(() => ids(1500, { map: [map] })).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })

  test('of several accounts never meet, and nobody loses those that are free', () => {
    const wanted = ([1001, 1002, 1003, 1001] as const).map((uid, at) => ({
      ...{ account: `a${at}`, from: { uid, gid: uid } },
      ids: { uid: uid === 1001 ? 1002 : uid, gid: uid === 1001 ? 1002 : uid, group: '', makesGroup: true },
    }))
    const given = serverIds(wanted, room, { uidMin: 1000 })
    const renames = [...given].map(([account, map]) => [account, ...map.map(({ rename }) => rename)])
    expect(renames).toEqual([
      ['a0', '1001=1004', '1001=1004'],
      ['a3', '1001=1005', '1001=1005'],
    ])
  })
})

describe('the shell of a new account', () => {
  const there = new Set(['/bin/bash', '/usr/sbin/nologin'])
  test.each([
    ['/bin/bash', '/bin/bash'],
    ['/usr/bin/zsh', '/bin/bash'],
    ['/usr/local/cpanel/bin/jailshell', '/usr/sbin/nologin'],
    ['/usr/lib/sftp-only', '/usr/sbin/nologin'],
    ['/bin/false', '/usr/sbin/nologin'],
    [null, '/usr/sbin/nologin'],
  ])('that had %s is %s', (before, after) => {
    expect(loginShell(before, there)).toBe(after)
  })
})

describe('the password of a new account', () => {
  const good = '$6$salt$abcdefghijklmnop'
  const archive = (hash: string | null, { uid = 1500, groups = ['alice'] } = {}) =>
    ({
      account: { uid, groups } as unknown as AccountDocument,
      credentials: hash === null ? null : { unix: { user: 'alice', hash } },
    }) as unknown as RestoreArchive

  test.each([good, `!${good}`, '$y$j9T$abcdefgh$ijklmnop'])('is %s', (hash) => {
    expect(newPassword(archive(hash)).kind).toBe('hash')
  })

  test.each(['', '!', '*', 'plain', `${good}:0:0`, `${good}\nroot:x`, null])(
    'is none where it was %j',
    (hash) => {
      expect(newPassword(archive(hash)).kind).toBe('locked')
    },
  )

  test.each([
    { uid: 0, groups: ['root'] },
    { uid: 1500, groups: ['alice', 'sudo'] },
    { uid: 1500, groups: ['alice', 'wheel'] },
    { uid: 1500, groups: ['admin'] },
  ])('is none for %j', (who) => {
    expect(newPassword(archive(good, who)).kind).toBe('locked')
  })
})
