import { expect, test } from 'vitest'
import type { AccountSource } from '../../../../shared/model/source.ts'
import { rootsOf } from './roots.ts'

function account(home: string, paths: readonly string[], mailboxes: readonly string[] = []): AccountSource {
  return {
    kind: 'account',
    name: 'alice',
    uid: 1000,
    gid: 1000,
    groups: ['alice'],
    gecos: '',
    home,
    homeExists: true,
    shell: '/bin/sh',
    homeBytes: null,
    databases: [],
    mailboxes: mailboxes.map((path) => {
      return { domain: null, name: 'alice', path, uid: 1000, gid: 1000, insideHome: true, evidence: [] }
    }),
    paths: paths.map((path) => ({ path, evidence: [] })),
    sites: [],
    hasCrontab: false,
    configFiles: [],
    domains: [],
  }
}

function roots(...args: Parameters<typeof account>) {
  return rootsOf(account(...args)).map(({ path, prefix, held }) => [
    path.toString('latin1'),
    prefix.toString('latin1'),
    held.map((each) => `${each.by}:${each.path.toString('latin1')}`),
  ])
}

test('the home comes first, then each path once, each under its own prefix', () => {
  expect(roots('/home/alice/', ['/srv//site/', '/srv/site', '/var/./www'])).toEqual([
    ['/home/alice', 'files', []],
    ['/srv/site', 'paths/srv/site', []],
    ['/var/www', 'paths/var/www', []],
  ])
})

test('what lies in the home is not read twice, and a name that only begins alike is not in it', () => {
  expect(roots('/home/alice', ['/home/alice/site', '/home/alice', '/home/alice2'])).toEqual([
    ['/home/alice', 'files', []],
    ['/home/alice2', 'paths/home/alice2', []],
  ])
})

test('a path around the home or around another path leaves these out', () => {
  expect(roots('/srv/alice', ['/srv', '/srv/www'])).toEqual([
    ['/srv/alice', 'files', []],
    ['/srv', 'paths/srv', ['paths:www', 'files:alice']],
    ['/srv/www', 'paths/srv/www', []],
  ])
})

test('mailboxes below a root are left to mail, one that is the root itself is not', () => {
  expect(roots('/home/alice', [], ['/home/alice/Maildir', '/var/vmail/x', '/home/alice'])).toEqual([
    ['/home/alice', 'files', ['mail:Maildir']],
  ])
})

test('names are bytes', () => {
  expect(roots('/home/caf\\xe9', [])[0]?.[0]).toBe('/home/caf\xe9')
})
