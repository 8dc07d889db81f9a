import { expect, test } from 'vitest'
import type { ArchiveFacts } from '../restore-context.ts'
import { KeptRules } from './kept-rules.ts'
import type { TargetEntry } from './target-look.ts'
import type { TreeRoot } from './tree-roots.ts'

const tree: TreeRoot = {
  ...{ kind: 'files', component: 'files', items: [] },
  ...{ from: Buffer.from('files'), root: Buffer.from('/home/alice') },
  held: [{ path: Buffer.from('mail'), by: 'mail' }],
}

function facts(more: { warnings?: { code: string; path: string }[]; warningCount?: number }): ArchiveFacts {
  const warnings = more.warnings ?? []
  return {
    ...{ exclude: ['*.tmp', 'cache'], tags: true },
    skipped: [{ path: 'files/mnt', why: 'another file system' }],
    components: [
      { kind: 'files', name: 'home', warnings, warningCount: more.warningCount ?? warnings.length },
    ],
  } as unknown as ArchiveFacts
}

function entry(path: string, more: Partial<TargetEntry> = {}): TargetEntry {
  return {
    ...{ path: Buffer.from(path, 'latin1'), type: 'file', size: 1, mtime: 0n, mode: 0o644, uid: 1, gid: 1 },
    ...{ mounted: false, readable: true, linkTarget: null, ...more },
  }
}

test.each([
  ['mail', {}, 'part of mail'],
  ['mnt', {}, 'another file system'],
  ['a/b.tmp', {}, 'excluded by a glob'],
  ['a/cache', {}, 'excluded by a glob'],
  ['locked', {}, 'unreadable'],
  ['odd\\xe9', {}, null],
  ['odd\xe9', {}, 'vanished'],
  ['run/php.sock', { type: 'special' }, 'a socket, FIFO or device'],
  ['disk', { mounted: true }, 'another file system'],
  ['bound', {}, 'another file system'],
  ['tagged/x', {}, 'in a folder with a .nobackup file'],
  ['moved', {}, null],
  ['other', {}, null],
] as const)('%s is kept because of: %j', (path, more, reason) => {
  const warnings = [
    { code: 'unreadable', path: 'files/locked' },
    { code: 'vanished', path: 'files/odd\\xe9' },
    { code: 'moved', path: 'files/moved' },
    { code: 'unreadable', path: 'paths/other' },
  ]
  const rules = new KeptRules({ facts: facts({ warnings }) }, tree, [Buffer.from('bound')])
  rules.tag(Buffer.from('tagged/.nobackup'))
  expect(rules.reason(entry(path, more))).toBe(reason)
})

test('a list of gaps that is cut is told of', () => {
  expect(new KeptRules({ facts: facts({ warningCount: 2000 }) }, tree, []).cut).toBe(true)
  expect(new KeptRules({ facts: facts({}) }, tree, []).cut).toBe(false)
  expect(new KeptRules({ facts: null }, tree, []).cut).toBe(false)
})
