import { expect, test } from 'vitest'
import { assignHosts, rootsOutside } from './virtual-hosts.ts'
import type { RootFacts } from './virtual-hosts.ts'
import type { VirtualHost } from './web-files.ts'

const user = (name: string, uid: number) => ({
  name,
  uid,
  gid: uid,
  gecos: '',
  home: `/home/${name}`,
  shell: '/bin/sh',
})
const accounts = [user('alice', 1000), user('bob', 1001)]
const host = (root: string, change: Partial<VirtualHost> = {}): VirtualHost => ({
  file: `/etc/nginx/sites-enabled${root}`,
  names: [],
  roots: [root],
  pools: [],
  certificates: [],
  ...change,
})
const facts = (realPath: string, change: Partial<RootFacts> = {}): RootFacts => ({
  uid: 0,
  realPath,
  top: realPath,
  stock: false,
  ...change,
})

function assign(hosts: VirtualHost[], roots: Record<string, RootFacts> = {}, poolUser = 'alice') {
  const pools = [{ file: '/etc/php/pool', name: 'p', user: poolUser, listen: '/run/p.sock' }]
  return assignHosts({
    hosts,
    pools,
    accounts,
    roots: new Map(Object.entries(roots)),
    realFile: (file) => file,
  })
}

test('only roots outside of the homes have to be asked about', () => {
  expect(rootsOutside([host('/home/alice/www'), host('/srv/x'), host('/home/alice2')], accounts)).toEqual([
    '/srv/x',
    '/home/alice2',
  ])
})

test('a root in a home brings domains and configuration, but no further path', () => {
  const { byAccount, outside } = assign([
    host('/home/bob/www', { names: ['b.test'], certificates: ['/etc/ssl/b'] }),
  ])
  expect(byAccount.get('bob')).toEqual({
    paths: [],
    sites: [
      { names: ['b.test'], root: '/home/bob/www', file: '/etc/nginx/sites-enabled/home/bob/www', php: null },
    ],
    domains: new Map([['b.test', '/etc/nginx/sites-enabled/home/bob/www']]),
    configFiles: new Set(['/etc/nginx/sites-enabled/home/bob/www', '/etc/ssl/b']),
  })
  expect(outside).toEqual([])
})

test('a root elsewhere belongs to its owner, from the top of what is theirs', () => {
  const roots = { '/srv/shop/public': facts('/srv/shop/public', { uid: 1001, top: '/srv/shop' }) }
  const { byAccount } = assign([host('/srv/shop/public', { names: ['s.test'] })], roots)
  expect(byAccount.get('bob')?.paths).toEqual([
    {
      path: '/srv/shop',
      evidence: [
        { kind: 'virtual-host', path: '/etc/nginx/sites-enabled/srv/shop/public', names: ['s.test'] },
      ],
    },
  ])
})

test('a link into a home belongs to that home; a root of the web server to the user of its PHP pool', () => {
  const linked = assign([host('/var/www/a')], { '/var/www/a': facts('/home/alice/www') })
  expect(linked.byAccount.get('alice')?.paths).toEqual([])
  expect(linked.outside).toEqual([])
  const pooled = assign([host('/srv/p', { pools: ['/run/p.sock'] })], {
    '/srv/p': facts('/srv/p', { uid: 33 }),
  })
  expect(pooled.byAccount.get('alice')?.paths.map(({ path }) => path)).toEqual(['/srv/p'])
})

test('roots that are there are listed for the tally of what nobody claims; missing and stock ones are not', () => {
  const roots = { '/srv/lost': facts('/srv/lost'), '/var/www/html': facts('/var/www/html', { stock: true }) }
  const { outside } = assign([host('/srv/lost'), host('/srv/gone'), host('/var/www/html')], roots, 'nobody')
  expect(outside).toEqual([{ path: '/srv/lost', where: '/etc/nginx/sites-enabled/srv/lost' }])
})
