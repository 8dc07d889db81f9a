import { describe, expect, test } from 'vitest'
import type { Measured } from './box.ts'
import { differencesOf, reasonFor } from './differences.ts'

const box = { label: 'title', mockup: 'h1' }
const measured = (of: Partial<Measured> = {}): Measured => ({
  ...{ rect: { x: 10, y: 20, width: 100, height: 30 }, style: { color: 'red' }, words: 'Overview' },
  ...of,
})
const aspects = (screen: Measured | null, of: object = {}) =>
  differencesOf('a', { ...box, ...of }, { mockup: measured(), screen }).map(({ aspect }) => aspect)

describe('what is different', () => {
  test('is nothing within four pixels', () => {
    expect(aspects(measured({ rect: { x: 14, y: 16, width: 104, height: 26 } }))).toEqual([])
  })
  test('is every edge beyond, every token and every word', () => {
    expect(aspects(measured({ rect: { x: 14.5, y: 20, width: 100, height: 30 } }))).toEqual(['place'])
    expect(aspects(measured({ style: { color: 'blue' }, words: 'Jobs' }))).toEqual(['style', 'words'])
    expect(aspects(null)).toEqual(['missing'])
  })
  test('is the height alone for examples on a sheet', () => {
    expect(aspects(measured({ rect: { x: 500, y: 0, width: 9, height: 34 } }), { place: 'size' })).toEqual([])
    expect(aspects(measured({ rect: { x: 10, y: 20, width: 100, height: 35 } }), { place: 'size' })).toEqual([
      'place',
    ])
  })
  test('are no words that other boxes have', () => {
    expect(aspects(measured({ words: 'Jobs' }), { words: 'parts' })).toEqual([])
  })
  test('is meant only where the list has that pair, that box and that aspect', () => {
    const accepted = [{ pair: 'g', box: 'title', aspects: ['words'] as const, why: 'Because.' }]
    const difference = { pair: 'g1', box: 'title', aspect: 'words', mockup: '', screen: '' } as const
    expect(reasonFor(difference, accepted)).toBe('Because.')
    expect(reasonFor({ ...difference, aspect: 'place' }, accepted)).toBeNull()
    expect(reasonFor({ ...difference, pair: 'a' }, accepted)).toBeNull()
    expect(reasonFor({ ...difference, box: 'lead' }, accepted)).toBeNull()
  })
})
