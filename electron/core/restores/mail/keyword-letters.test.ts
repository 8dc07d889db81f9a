import { expect, test } from 'vitest'
import {
  keywordLines,
  keywordsOf,
  parseKeywordList,
  translateLetters,
  withLetters,
} from './keyword-letters.ts'

const list = (...names: readonly string[]) =>
  parseKeywordList(Buffer.from(names.map((name, at) => `${at} ${name}\n`).join('')))
const letters = (text: string) => new Set(Array.from(text))

test('a list is read as Dovecot reads it', () => {
  const text = '0 $Forwarded\n1 Work\n3 work\n26 Late\nx y\n4 a b\n5 \n7 C\xe4se\n'
  expect([...parseKeywordList(Buffer.from(text, 'latin1'))]).toEqual([
    ['a', '$Forwarded'],
    ['b', 'Work'],
    ['h', 'C\xe4se'],
  ])
})

test('letters mean the same name at the target, and missing names come behind its own', () => {
  const { letters: found, added } = translateLetters({
    from: list('Work', '$Label1', 'Home'),
    to: list('$label1', 'Spam'),
    used: letters('abc'),
    there: letters('ab'),
  })
  expect(Object.fromEntries(found)).toEqual({ a: 'c', b: 'a', c: 'd' })
  expect(keywordLines(added)).toEqual(['2 Work', '3 Home'])
})

test('a target without a list gets the archive’s own letters, but none that a message there has', () => {
  const from = list('Work', 'Home')
  const none = translateLetters({ from, to: new Map(), used: letters('ab'), there: letters('b') })
  expect(Object.fromEntries(none.letters)).toEqual({ a: 'a', b: 'c' })
  expect(keywordLines(none.added)).toEqual(['0 Work', '2 Home'])
})

test('what does not fit, and what has no name, gets none rather than another one', () => {
  const full = list(...Array.from({ length: 25 }, (_, at) => `k${at}`))
  const { letters: found, added } = translateLetters({
    ...{ from: list('A', 'B', 'k7'), to: full, used: letters('abcez'), there: letters('') },
  })
  expect(Object.fromEntries(found)).toEqual({ a: null, b: null, c: 'h', e: null, z: 'z' })
  expect(keywordLines(added)).toEqual([])
})

test('a message keeps its flags and what follows them', () => {
  const message = Buffer.from('.Sent/cur/1.M1.x:2,FSab,S=12')
  expect(keywordsOf(message)).toEqual(['a', 'b'])
  expect(
    withLetters(
      message,
      new Map([
        ['a', 'd'],
        ['b', 'c'],
      ]),
    ).path.toString(),
  ).toBe('.Sent/cur/1.M1.x:2,FScd,S=12')
  const lost = withLetters(
    message,
    new Map([
      ['a', null],
      ['b', 'a'],
    ]),
  )
  expect([lost.path.toString(), lost.lost]).toEqual(['.Sent/cur/1.M1.x:2,FSa,S=12', true])
  expect(keywordsOf(Buffer.from('cur/abc'))).toEqual([])
})
