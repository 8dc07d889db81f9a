import { expect, test } from 'vitest'
import { testMapping } from './test-mapping.ts'
import { itemAtTarget } from './undo-items.ts'

test.each([
  ['files/public_html/index.php', 'files/public_html/index.php'],
  ['cron', 'cron'],
  ['databases/mysql/alice_wp', 'databases/mysql/bob_wp'],
  ['databases/mysql/alice_wp.sql', 'databases/mysql/bob_wp.sql'],
  ['databases/mysql/alice_wp/wp_posts', 'databases/mysql/bob_wp/wp_posts'],
  ['databases/mysql/unknown', 'databases/mysql/unknown'],
  ['databases/mysql/alice%5F%24', 'databases/mysql/alice%5F%24'],
  ['databases/postgresql/alice_app/public.item', 'databases/postgresql/bob_app/public.item'],
  ['databases/postgresql', 'databases/postgresql'],
  ['mail', 'mail'],
  ['mail/a.test/', 'mail/b.test'],
  ['mail/a.test/info/cur/1.M:2,S', 'mail/b.test/info/cur/1.M:2,S'],
  ['mail/_local/alice', 'mail/_local/bob'],
  ['mail/_local/info', 'mail/_local/info'],
  ['paths/var/vmail/a.test/x', 'paths/var/vmail/b.test/x'],
  ['paths/srv/other', 'paths/srv/other'],
])('%s is called %s in a backup of the account that it was restored into', (item, wanted) => {
  expect(itemAtTarget(item, testMapping())).toBe(wanted)
})

test('nothing is called otherwise where nothing was renamed', () => {
  expect(itemAtTarget('databases/mysql/alice_wp', testMapping({ same: true }))).toBe(
    'databases/mysql/alice_wp',
  )
})
