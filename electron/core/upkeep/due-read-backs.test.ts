import { expect, test } from 'vitest'
import type { Backup, BackupCopy } from '../../../shared/model/backup.ts'
import { dueReadBacks } from './due-read-backs.ts'

const day = 86_400_000
const now = new Date('2026-04-08T12:00:00Z')
const ago = (days: number) => new Date(now.getTime() - days * day).toISOString()

/** A backup of so many days ago; at each destination read back that many days ago, or never. */
function backup(days: number, read: Readonly<Record<string, number | null>>, change: Partial<Backup> = {}) {
  const copies = Object.entries(read).map(([destination, at]) => ({
    destination,
    readBackAt: at === null ? null : ago(at),
  }))
  return {
    ...{ id: `${days}`, serverId: 's', source: 'alice', scope: 'full', only: [], trigger: 'scheduled' },
    ...{ finishedAt: ago(days), copies: copies as BackupCopy[] },
    ...change,
  } as Backup
}

const due = (...backups: Backup[]) =>
  dueReadBacks(backups, now).map(({ backup: { id }, destination }) => `${id} ${destination}`)

test.each([
  [
    'confirmed by checksums every day, after thirty',
    [backup(0, { s3: null }), backup(30, { s3: null })],
    ['0 s3'],
  ],
  ['not before', [backup(0, { s3: null }), backup(29, { s3: null })], []],
  [
    'where an older copy was read back since',
    [backup(0, { s3: null }), backup(9, { s3: 2 }), backup(60, { s3: null })],
    [],
  ],
  [
    'thirty days after that',
    [backup(0, { s3: null }), backup(40, { s3: 30 }), backup(90, { s3: null })],
    ['0 s3'],
  ],
  [
    'at each destination for itself',
    [backup(1, { usb: 1, s3: null }), backup(31, { usb: 31, s3: null })],
    ['1 s3'],
  ],
  ['where backups have ended, again and again', [backup(31, { usb: 31 })], ['31 usb']],
  ['by a clock that went back, never', [backup(-40, { usb: -40 })], []],
])('the newest copy is read back %s', (_, backups, expected) => {
  expect(due(...backups)).toEqual(expected)
})

test('other series, safety backups and single items are no copies of it', () => {
  const old = backup(50, { s3: null })
  expect(due(backup(1, { s3: 1 }, { source: 'bob' }), old)).toEqual(['50 s3'])
  expect(
    due(backup(1, { s3: 1 }, { trigger: 'safety' }), backup(2, { s3: 2 }, { only: ['x'] }), old),
  ).toEqual(['50 s3'])
})

test('the longest overdue goes first', () => {
  expect(due(backup(1, { usb: 40 }), backup(2, { usb: 50 }, { source: 'bob' }))).toEqual(['2 usb', '1 usb'])
})
