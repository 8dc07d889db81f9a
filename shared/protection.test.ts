import { expect, test } from 'vitest'
import type { Backup } from './model/backup.ts'
import type { Job } from './model/job.ts'
import { protectionOf, staleAfter } from './protection.ts'

const now = new Date('2026-04-08T14:00:00.000Z')
const yesterday = '2026-04-07T02:00:00.000Z'

function backup(change: Partial<Backup> = {}): Backup {
  const copy = {
    ...{ destination: 'this-computer', key: 'k', name: 'alice_2026-04-07.tar.gz', size: 1 },
    ...{
      pinned: false,
      encrypted: false,
      pinnedUntil: null,
      path: null,
      sizeAccepted: false,
      announcedAt: null,
    },
    ...{ verified: { level: 'read' as const, at: yesterday, ok: true, by: 'read-back' as const } },
    readBackAt: yesterday,
  }
  return {
    ...{ id: 'a', name: copy.name, server: 'web1', serverId: 's', source: 'alice', kind: 'account' },
    ...{ scope: 'full', startedAt: yesterday, finishedAt: yesterday, trigger: 'on-demand', schedule: null },
    ...{ result: 'succeeded', only: [], warnings: 0, components: [], copies: [copy], missing: [] },
    ...change,
  }
}

function job(change: Partial<Job> = {}): Job {
  return {
    ...{ id: 'j', kind: 'backup', state: 'failed', title: 'web1/alice', request: null },
    ...{ createdAt: '2026-04-08T02:00:00.000Z', startedAt: null, finishedAt: '2026-04-08T02:26:00.000Z' },
    ...{ progress: null, backupId: null, warnings: 0, missingCopies: [] },
    error: { code: 'remote-failed', message: 'It stopped.' },
    ...change,
  }
}

const unchecked = { ...backup().copies[0]!, verified: null }
const badly = {
  ...backup().copies[0]!,
  verified: { level: 'read' as const, at: yesterday, ok: false, by: 'read-back' as const },
}
const sizeOnly = {
  ...backup().copies[0]!,
  verified: { level: 'stored' as const, at: yesterday, ok: true, by: 'read-back' as const },
}
const old = new Date(now.getTime() - staleAfter - 1).toISOString()

test.each<readonly [string, readonly Backup[], readonly Job[], string, boolean]>([
  ['a full, verified, recent copy elsewhere protects', [backup()], [], 'protected', true],
  ['no backup', [], [], 'never', false],
  ['a backup of files only', [backup({ scope: 'files' })], [], 'never', false],
  ['a backup of single items', [backup({ only: ['files/index.php'] })], [], 'never', false],
  ['a safety backup', [backup({ trigger: 'safety' })], [], 'never', false],
  ['something missing', [backup({ result: 'partial' })], [], 'partial', false],
  ['much smaller than before', [backup({ id: 'small' })], [], 'too-small', false],
  ['too old', [backup({ startedAt: old })], [], 'stale', false],
  [
    'exactly as old as may be',
    [backup({ startedAt: new Date(now.getTime() - staleAfter).toISOString() })],
    [],
    'protected',
    true,
  ],
  ['nobody read it back', [backup({ copies: [unchecked] })], [], 'not-verified', false],
  ['only its size was looked at', [backup({ copies: [sizeOnly] })], [], 'not-verified', false],
  ['it did not pass', [backup({ copies: [badly] })], [], 'not-verified', false],
  [
    'a verified copy on the server itself only',
    [backup({ copies: [{ ...backup().copies[0]!, destination: 'same' }] })],
    [],
    'not-off-server',
    false,
  ],
  [
    'an older whole one does not count',
    [backup({ result: 'partial' }), backup({ startedAt: '2026-04-06T02:00:00.000Z' })],
    [],
    'partial',
    false,
  ],
  ['a run that failed since', [backup()], [job()], 'failed', false],
  [
    'a run that failed before',
    [backup({ startedAt: '2026-04-08T03:00:00.000Z' })],
    [job()],
    'protected',
    true,
  ],
  ['a cancelled run changes nothing', [backup()], [job({ state: 'cancelled' })], 'protected', true],
  [
    'another host key',
    [backup()],
    [job({ error: { code: 'host-key-changed', message: '' } })],
    'blocked',
    false,
  ],
  ['one that runs', [backup()], [job({ state: 'running', finishedAt: null, error: null })], 'running', true],
])('%s', (_, backups, jobs, state, isProtected) => {
  const offServer = (destination: string) => destination !== 'same'
  expect(
    protectionOf({ backups, jobs, now, offServer, mayBeOld: staleAfter, tooSmall: new Set(['small']) }),
  ).toMatchObject({ state, protected: isProtected })
})
