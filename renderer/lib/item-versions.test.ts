import { expect, test } from 'vitest'
import type { ArchiveEntry } from '../../shared/archive-contract.ts'
import type { Backup } from '../../shared/model/backup.ts'
import { groupVersions, groupWords } from './item-versions.ts'

const now = new Date(2026, 3, 8, 14).getTime()
const at = (month: number, day: number) => new Date(2026, month, day, 9, 12).toISOString()
const version = (id: string, sha256: string | null, modified: string) => ({
  backup: { id } as Backup,
  entry: { sha256, modified, size: 1, target: null } as ArchiveEntry,
})

test('puts backups with the same content together, and says when it was there', () => {
  const groups = groupVersions([
    version('8', 'c', at(3, 3)),
    version('7', 'c', at(3, 3)),
    version('3', 'b', at(2, 24)),
    version('2', 'a', at(0, 9)),
    version('1', null, at(0, 9)),
  ])
  expect(groups.map(({ versions }) => versions.map(({ backup }) => backup.id))).toEqual([
    ['8', '7'],
    ['3'],
    ['2'],
    ['1'],
  ])
  expect(groups.map((_, place) => groupWords(groups, place, { now }))).toEqual([
    'Since 3 Apr 09:12',
    '24 Mar to 3 Apr',
    '9 Jan to 24 Mar',
    'Until 9 Jan',
  ])
})
