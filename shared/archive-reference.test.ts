import { expect, test } from 'vitest'
import { filePathOf, fileReference, typedFile } from './archive-reference.ts'

test.each([
  ['/srv/alice.tar.gz', '/srv/alice.tar.gz'],
  ['./alice.tar.gz', './alice.tar.gz'],
  ['../alice', '../alice'],
  ['file:alice.tar.gz', 'alice.tar.gz'],
  ['C:\\alice.tar', 'C:\\alice.tar'],
  ['..\\alice.tar', '..\\alice.tar'],
])('%s is a file', (typed, path) => {
  expect(typedFile(typed)).toBe(path)
})

test.each([
  'web1/alice@latest',
  'alice_2026-04-08.tar.gz',
  '01890a5d-ac96-774b-bcce-b302099a8057',
  'w/alice',
  'web1/file:alice@latest',
  '.hidden/alice',
])('%s is a backup', (typed) => {
  expect(typedFile(typed)).toBeNull()
})

test('a reference gives its path back', () => {
  expect(filePathOf(fileReference('/srv/a b'))).toBe('/srv/a b')
})
