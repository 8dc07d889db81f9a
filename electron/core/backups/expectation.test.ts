import { expect, test } from 'vitest'
import type { Backup } from '../../../shared/model/backup.ts'
import type { Source } from '../../../shared/model/source.ts'
import { countsOf, expectationOf } from './expectation.ts'

function source(homeBytes: number | null, ...databases: number[]): Source {
  return {
    ...{
      kind: 'account',
      name: 'alice',
      uid: 1001,
      gid: 1001,
      groups: ['alice'],
      gecos: '',
      home: '/home/alice',
    },
    ...{ homeExists: true, shell: '/bin/sh', homeBytes, mailboxes: [], paths: [], hasCrontab: false },
    ...{ configFiles: [], domains: [], sites: [] },
    databases: databases.map((bytes, at) => ({ engine: 'mysql', name: `a${at}`, bytes, evidence: [] })),
  }
}

/** A backup that read 400 bytes of 4 items and came to 100. */
const last = {
  components: [
    { bytes: 300, items: 3 },
    { bytes: 100, items: 1 },
  ],
  copies: [{ size: 100 }],
} as unknown as Backup

test.each([
  ['the last archive and a fifth', source(9000, 80, 40), 'full', last, { archive: 120, largestDump: 20 }],
  ['the home and its databases', source(9000, 80, 40), 'full', null, { archive: 9120, largestDump: 80 }],
  ['a home alone', source(9000, 80), 'files', null, { archive: 9000, largestDump: 0 }],
  ['databases alone', source(null, 80, 40), 'databases', null, { archive: 120, largestDump: 80 }],
  ['nothing that was counted', source(null, 80), 'full', null, { archive: null, largestDump: 80 }],
  ['mail alone', source(9000, 80), 'email', null, { archive: null, largestDump: 0 }],
] as const)('%s', (_what, from, scope, before, expected) => {
  expect(expectationOf(from, { scope, only: [] }, before)).toEqual(expected)
})

test('a run is measured against the last one, or nothing', () => {
  expect([countsOf(last), countsOf(null)]).toEqual([
    { bytes: 400, items: 4 },
    { bytes: null, items: null },
  ])
})
