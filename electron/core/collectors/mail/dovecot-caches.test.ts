import { expect, test } from 'vitest'
import { excludeGlobs } from '../files/exclude-globs.ts'
import { CacheTally, cacheGlobs } from './dovecot-caches.ts'
import type { SkippedItem } from '../collector.ts'

const caches = [
  'dovecot.index',
  'dovecot.index.log',
  'dovecot.index.log.2',
  '.Sent/dovecot.index.cache',
  'dovecot.list.index.log',
  'dovecot-uidlist.lock',
]
const kept = [
  'dovecot.index.pvt',
  'dovecot.index.pvt.log',
  'dovecot-uidlist',
  'dovecot-keywords',
  'dovecot-uidvalidity.5a',
  'dovecot.mailbox.log',
  'subscriptions',
  'cur/my dovecot.index',
]

test('caches are left out, and nothing that only Dovecot knows', () => {
  const globs = excludeGlobs(cacheGlobs, { path: '/m', isHome: false })
  expect([...caches, ...kept].filter((name) => globs.matches(Buffer.from(name)))).toEqual(caches)
})

test('caches are told of as one item, everything else as it is', () => {
  const told: SkippedItem[] = []
  const tally = new CacheTally((item) => told.push(item))
  for (const name of [...caches, ...kept]) tally.take({ path: `mail/d/b/${name}`, why: 'excluded by a glob' })
  tally.finish('mail/d/b')
  expect(told.slice(0, -1).map(({ path }) => path)).toEqual(kept.map((name) => `mail/d/b/${name}`))
  expect(told.at(-1)).toEqual({
    path: 'mail/d/b/…/dovecot.index*',
    why: '6 files of indexes and locks, which Dovecot makes again',
  })
})
