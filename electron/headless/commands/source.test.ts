import { Command } from 'commander'
import { expect, test } from 'vitest'
import type { SourceOverrides } from '../../../shared/model/source.ts'
import { noOverrides } from '../../core/sources/override-store.ts'
import { addSourceCommands, changeOverrides, describeDiscovery } from './source.ts'

async function parsed(...words: string[]): Promise<SourceOverrides> {
  const program = new Command().exitOverride()
  let result = noOverrides
  addSourceCommands(program, (_action) => async (...args) => {
    result = changeOverrides(noOverrides, args[1] as Parameters<typeof changeOverrides>[1])
  })
  await program.parseAsync(['source', 'set', 'web1/alice', ...words], { from: 'user' })
  return result
}

test('what is added and what is taken away land in their own lists', async () => {
  const overrides = await parsed(
    '--path',
    '/a',
    '--no-path',
    '/b',
    '--db',
    'x',
    '--no-db',
    'y',
    '--no-mail',
    'z.example',
  )
  expect(overrides).toMatchObject({
    addPaths: ['/a'],
    removePaths: ['/b'],
    addDatabases: ['x'],
    removeDatabases: ['y'],
    addMail: [],
    removeMail: ['z.example'],
  })
})

test('the last word on a name wins', () => {
  const before = changeOverrides(noOverrides, { db: ['shop'] })
  expect(changeOverrides(before, { noDb: ['shop'] })).toMatchObject({
    addDatabases: [],
    removeDatabases: ['shop'],
  })
})

test('what could not be looked at is named, and nothing is said where there is nothing', () => {
  const nothing = { sources: [], unclaimed: [], notes: [], failed: [] }
  expect(describeDiscovery(nothing)).toBe('')
  const text = describeDiscovery({
    ...nothing,
    notes: [{ path: '/home/a\u001b/.env', why: 'It may not be read.' }],
    failed: [{ kind: 'mysql', path: 'mysql', why: 'It did not answer.' }],
  })
  expect(text).toMatch(
    /Could not be looked at:\n {2}mysql: It did not answer\.\n {2}\/home\/a[^\u001b]*: It may/,
  )
})
