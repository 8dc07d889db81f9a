import { expect, test } from 'vitest'
import type { Backup } from './model/backup.ts'
import { unprotectedBy } from './protection.ts'
import { suspiciouslySmall } from './size-drop.ts'

const now = new Date('2026-04-08T12:00:00Z')
const day = 86_400_000

function backup(change: Partial<Backup> = {}, destination = 'usb', ok: boolean | null = true): Backup {
  const startedAt = '2026-04-08T02:00:00.000Z'
  return {
    ...{
      id: '01890a5d-ac96-774b-bcce-b302099a8057',
      name: 'a',
      server: 'web1',
      serverId: 's',
      source: 'alice',
    },
    ...{
      kind: 'account',
      scope: 'full',
      startedAt,
      finishedAt: startedAt,
      trigger: 'scheduled',
      schedule: null,
    },
    ...{ result: 'succeeded', warnings: 0, components: [], only: [] },
    copies: [
      {
        ...{ destination, key: 'k', name: 'a', size: 1, pinned: false, pinnedUntil: null, announcedAt: null },
        ...{
          sizeAccepted: false,
          path: null,
          verified: ok === null ? null : { level: 'deep', at: startedAt, ok },
        },
      },
    ],
    ...change,
  }
}

const facts = {
  ...{ now, mayBeOld: 2 * day, tooSmall: new Set<string>() },
  isOnServer: (name: string) => name === 'server-disk',
}

test.each<[string, readonly Backup[], readonly string[]]>([
  ['a good one', [backup()], []],
  ['none', [], ['no-backup']],
  ['files only', [backup({ scope: 'files' })], ['no-backup']],
  ['a few items only', [backup({ only: ['files/a'] })], ['no-backup']],
  ['only a safety backup', [backup({ trigger: 'safety' })], ['no-backup']],
  [
    'a newer partial one',
    [backup({ startedAt: '2026-04-07T02:00:00.000Z' }), backup({ result: 'partial' })],
    ['partial'],
  ],
  ['never verified', [backup({}, 'usb', null)], ['not-verified']],
  ['found bad', [backup({}, 'usb', false)], ['not-verified']],
  ['only on its server', [backup({}, 'server-disk')], ['only-on-server']],
  ['an old one', [backup({ startedAt: '2026-04-01T02:00:00.000Z' })], ['too-old']],
])('protected by %s', (_, backups, reasons) => {
  expect(unprotectedBy(backups, facts)).toEqual(reasons)
})

test('without a schedule nothing is protected', () => {
  expect(unprotectedBy([backup()], { ...facts, mayBeOld: null })).toEqual(['too-old'])
})

test('95 % less is an alarm, also the fiftieth time, until somebody says that it is right', () => {
  const MiB = 1024 * 1024
  const sized = (id: string, bytes: number, accepted = false) => ({ id, bytes, good: true, accepted })
  const usual = [1, 2, 3].map((n) => sized(`usual${n}`, 100 * MiB))
  const empty = Array.from({ length: 50 }, (_, n) => sized(`empty${n}`, 5 * MiB))
  expect(suspiciouslySmall([...usual, ...empty]).size).toBe(50)
  expect(suspiciouslySmall([...usual, sized('said', 5 * MiB, true), ...empty]).size).toBe(0)
})
