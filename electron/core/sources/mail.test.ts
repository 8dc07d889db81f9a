import { expect, test } from 'vitest'
import { assignMailboxes, dovecotMailboxes, homeMaildir, isMailKeeper, mailboxesOf } from './mail.ts'
import type { PasswdEntry } from './passwd.ts'

const user = (name: string, uid: number, home = `/home/${name}`, shell = '/bin/bash'): PasswdEntry => ({
  name,
  uid,
  gid: uid,
  gecos: '',
  home,
  shell,
})
const [alice, bob] = [user('alice', 1000), user('bob', 1001)] as const
const vmail = user('vmail', 5000, '/var/vmail', '/usr/sbin/nologin')
const box = (domain: string, path: string, uid = 5000) => ({ domain, name: 'info', path, uid, gid: uid })
const hosts = new Map([['alice', new Map([['a.test', '/etc/nginx/a']])]])
const owners = {
  accounts: [alice, bob],
  domainsOf: (name: string) => hosts.get(name) ?? new Map<string, string>(),
}

function ownersOf(...facts: Parameters<typeof assignMailboxes>[0]) {
  return assignMailboxes(facts, owners).map((one) =>
    one.owners.map((owner) => [owner.account, owner.evidence[0]?.kind]),
  )
}

test('a virtual domain belongs to the home it lies in, else to the virtual host, else to the uid, else to nobody', () => {
  expect(ownersOf(box('a.test', '/home/bob/mail/a.test/info'))).toEqual([[['bob', 'home']]])
  expect(ownersOf(box('a.test', '/var/vmail/a.test/info'))).toEqual([[['alice', 'virtual-host']]])
  expect(ownersOf(box('b.test', '/var/vmail/b.test/info', 1001))).toEqual([[['bob', 'mail-user']]])
  expect(ownersOf(box('c.test', '/var/vmail/c.test/info'))).toEqual([[]])
})

test('of one folder the first fact counts, and of one address the first folder', () => {
  expect(ownersOf(box('a.test', '/v/x'), box('c.test', '/v/x'))).toHaveLength(1)
  const two = assignMailboxes([box('a.test', '/v/x'), box('a.test', '/v/y')], owners)
  expect(mailboxesOf(alice, two).map(({ path }) => path)).toEqual(['/v/x'])
})

test('a user that only owns virtual mail is told from a person', () => {
  expect(isMailKeeper(vmail, [box('a.test', '/var/vmail/a.test/info')])).toBe(true)
  expect(isMailKeeper(vmail, [])).toBe(false)
  expect(isMailKeeper({ ...vmail, shell: '/bin/bash' }, [box('a.test', '/v')])).toBe(false)
})

test('Maildirs in a home are known by their place', () => {
  const at = (path: string) => homeMaildir(alice, `/home/alice/${path}`)
  expect(at('Maildir')).toMatchObject({ domain: null, name: 'alice', uid: 1000 })
  expect(at('mail/A.test/info')).toMatchObject({ domain: 'a.test', name: 'info' })
  expect(at('imap/a.test/info/Maildir')).toMatchObject({ domain: 'a.test', name: 'info' })
  expect(at('homes/sales/Maildir')).toMatchObject({ domain: null, name: 'sales' })
  expect(at('mail')).toBeNull()
})

test("Dovecot's blocks are read in the order of the names, or not at all", () => {
  const blocks =
    'field\tvalue\nuid\t5000\ngid\t5000\nhome\t/v/a/info\nmail\tmaildir:~/Maildir:LAYOUT=fs\nuid\t5000\ngid\t5000\nhome\t/v/a/x\nmail\tmdbox:~/mdbox\nuid\t5000\ngid\t5000\nhome\t/v/a/y\nmail\tmbox:~/mail:INBOX=/v/y\n'
  expect(dovecotMailboxes(['info@A.test', 'x@a.test', 'y@a.test'], blocks)).toEqual({
    maildirs: [
      { domain: 'a.test', name: 'info', path: '/v/a/info/Maildir', uid: 5000, gid: 5000 },
      { domain: 'a.test', name: 'x', path: '/v/a/x/mdbox', uid: 5000, gid: 5000 },
    ],
    others: ['y@a.test'],
  })
  expect(dovecotMailboxes(['info@a.test'], blocks)).toBeNull()
})
