import { describe, expect, test } from 'vitest'
import { backupParts } from './backup-parts.ts'

const component = (kind: 'files' | 'mysql' | 'postgresql' | 'cron', name: string, items: number) => ({
  ...{ kind, name, items, bytes: 10 },
})

describe('the parts of a backup', () => {
  test('have databases of all servers together, by their names', () => {
    const parts = backupParts([
      component('files', 'files', 38_418),
      component('mysql', 'alice_wp', 48),
      component('postgresql', 'alice_stats', 12),
      component('cron', 'cron', 3),
    ])
    expect(parts.map(({ title, count, about, bytes }) => [title, count, about, bytes])).toEqual([
      ['Files', '38,418', '38,418 entries', 10],
      ['Databases', '2', 'alice_wp, alice_stats', 20],
      ['Cron jobs', '3 entries', '3 entries', 10],
    ])
  })
  test('count databases that are not named apart', () => {
    expect(backupParts([component('mysql', 'mysql', 2)])[0]?.count).toBe('2')
  })
})
