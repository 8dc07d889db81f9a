import { expect, test } from 'vitest'
import { parseRecords, parseRows, recordsOf } from './records.ts'

const bytes = (text: string) => Buffer.from(text.replaceAll('|', '\0'))

test('records are read exactly, with newlines and empty fields', () => {
  const records = parseRecords(bytes('home|2|a\nb||crontab|0|home|2|c|d|'))
  expect(recordsOf(records, 'home', 2).map((fields) => fields.map(String))).toEqual([
    ['a\nb', ''],
    ['c', 'd'],
  ])
})

test.each(['home|2|a|', 'home|2|a|b', 'home|x|a|', 'Home|0|', '|0|', 'home|', 'noise'])(
  'half a record, or something else, is refused: %j',
  (text) =>
    expect(() => parseRecords(bytes(text))).toThrow(expect.objectContaining({ code: 'remote-failed' })),
)

test('a record or a row of another width is refused', () => {
  expect(() => recordsOf(parseRecords(bytes('home|1|a|')), 'home', 2)).toThrow()
  expect(() => parseRows(Buffer.from('a\tb\nc\n'), 2)).toThrow()
})
