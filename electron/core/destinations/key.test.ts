import { describe, expect, test } from 'vitest'
import { assertKey, claimOf, isClaim, isKey, isUnfinished, partialOf } from './key.ts'

describe('a key', () => {
  test.each([
    'README.txt',
    'lab-0a1b2c3d/accounts/alice/alice_2026-04-08.tar.gz',
    "odd $HOME `id` 'x' &;!#%^(){}[]~+=,@/-rf",
    '.hidden',
    'a'.repeat(200),
  ])('may be %s', (key) => {
    expect(isKey(key)).toBe(true)
  })

  test.each([
    '',
    '/etc/passwd',
    'a/',
    'a//b',
    '.',
    '..',
    'a/../b',
    './a',
    'a\\b',
    'C:a',
    'a\nb',
    'a\0b',
    'a\x7f',
    'ä',
    'con',
    'NUL.txt',
    'com1.tar.gz',
    'dot.',
    'space ',
    ' space',
    'what?',
    '.holdfast-destination',
    'a'.repeat(201),
    'a/'.repeat(600) + 'a',
  ])('must not be %j', (key) => {
    expect(isKey(key)).toBe(false)
    expect(() => assertKey(key)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
  })

  test('of an archive shares its claim with the sealed form, not with the files beside it', () => {
    expect(partialOf('a/alice_2026-04-08.tar.gz')).toBe('a/alice_2026-04-08.partial')
    expect(partialOf('a/alice_2026-04-08.tar.gz.age')).toBe('a/alice_2026-04-08.partial')
    expect(partialOf('a/alice_2026-04-08.index.gz')).toBe('a/alice_2026-04-08.index.gz.partial')
  })
})

test('a claim in a bucket is named after its archive, and told apart from what is finished', () => {
  const claim = claimOf('web/alice_2026-04-08.tar.gz.age')
  expect(claim).toBe('web/alice_2026-04-08.claim')
  for (const key of [claim, `${claim}-0a1b2c3d`])
    expect([isClaim(key), isUnfinished(key)]).toEqual([true, true])
  expect(isUnfinished('web/alice_2026-04-08.partial')).toBe(true)
  for (const key of [`${claim}-0a1b`, 'web/claim', 'web/alice_2026-04-08.tar.gz']) {
    expect([isClaim(key), isUnfinished(key)]).toEqual([false, false])
  }
})
