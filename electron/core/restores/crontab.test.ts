import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkCrontab,
  countCrontab,
  disableCrontab,
  enableCrontab,
  installable,
  mapCrontab,
} from './crontab.ts'
import { mergeCrontabs } from './crontab-merge.ts'
import { testMapping } from './test-mapping.ts'

const id = '0196b0a0-0000-7000-8000-000000000001'
const crontab = Buffer.from(
  [
    '# /home/alice in a comment',
    'MAILTO = alice@a.test',
    '"PATH"=/home/alice/bin:/usr/bin',
    '',
    '  */5 * * * * cd /home/alice/site && php "/home/alice/site/cron.php" >/home/alice/log 2>&1\r',
    "@daily X=1 /usr/bin/env DIR='/home/alice' sh -c 'ls /home/alice2 /mnt/home/alice' % /home/alice",
    '0 0 * * * \xff \x1b[2J /home/alice$X',
    'not a job at all',
  ].join('\n'),
  'latin1',
)

test('old paths are replaced as whole segments, comments and all else stay', () => {
  const { bytes, changes, unsure } = mapCrontab(crontab, testMapping())
  expect(bytes.toString('latin1').split('\n')).toEqual([
    '# /home/alice in a comment',
    'MAILTO = alice@a.test',
    '"PATH"=/srv/bob/bin:/usr/bin',
    '',
    '  */5 * * * * cd /srv/bob/site && php "/srv/bob/site/cron.php" >/srv/bob/log 2>&1\r',
    "@daily X=1 /usr/bin/env DIR='/srv/bob' sh -c 'ls /home/alice2 /mnt/home/alice' % /srv/bob",
    '0 0 * * * \xff \x1b[2J /home/alice$X',
    'not a job at all',
  ])
  expect(changes.map(({ line }) => line)).toEqual([3, 5, 5, 5, 6, 6])
  expect(unsure).toEqual([7])
  expect(mapCrontab(crontab, testMapping({ same: true }))).toEqual({
    bytes: crontab,
    changes: [],
    unsure: [],
  })
})

describe('disabling', () => {
  test('comments every job line out and leaves the others', () => {
    const lines = disableCrontab(crontab, id).toString('latin1').split('\n')
    expect(lines.map((line) => line.startsWith(`#holdfast:disabled ${id}# `))).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
      true,
      true,
    ])
    expect(countCrontab(disableCrontab(crontab, id))).toEqual({
      lines: 8,
      jobs: 0,
      environment: 2,
      comments: 1,
      disabled: 4,
    })
    expect(countCrontab(disableCrontab(crontab, id, { environment: true })).environment).toBe(0)
  })

  test('and enabling gives the same bytes, whatever they are', () => {
    const word = fc.constantFrom(
      '*',
      ' ',
      '\n',
      '#',
      '=',
      'a',
      '\r',
      '\t',
      '@daily',
      '\xff',
      '"',
      'A=b',
      `#holdfast:disabled x# `,
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), fc.boolean(), (words, environment) => {
        const bytes = Buffer.from(words.join(''), 'latin1')
        const disabled = disableCrontab(bytes, id, { environment })
        expect(countCrontab(disabled).jobs).toBe(0)
        expect(enableCrontab(disabled, id).bytes.equals(bytes)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  test('twice changes nothing more, and each restore enables its own lines', () => {
    const once = disableCrontab(Buffer.from('* * * * * a\n'), 'one')
    expect(disableCrontab(once, 'two')).toEqual(once)
    const both = Buffer.concat([once, disableCrontab(Buffer.from('* * * * * b\n'), 'two')])
    expect(enableCrontab(both, 'two')).toEqual({
      bytes: Buffer.concat([once, Buffer.from('* * * * * b\n')]),
      enabled: 1,
    })
    expect(enableCrontab(both, null).bytes.toString()).toBe('* * * * * a\n* * * * * b\n')
  })

  test('needs an id that cannot break out of its line', () => {
    for (const bad of ['', 'a\nb', 'a#', 'a b', 'x'.repeat(65)]) {
      expect(() => disableCrontab(crontab, bad)).toThrow(expect.objectContaining({ code: 'invalid-input' }))
    }
  })
})

test('a last line gets its newline for installing only', () => {
  expect(installable(Buffer.from('a')).toString()).toBe('a\n')
  expect(installable(Buffer.from('a\n')).toString()).toBe('a\n')
  expect(installable(Buffer.alloc(0)).length).toBe(0)
})

test('NUL and too many lines are refused, dangerous variables flagged', () => {
  expect(checkCrontab(Buffer.from('* * * * * a\0b\n')).refusals).toHaveLength(1)
  expect(checkCrontab(Buffer.from('#\n'.repeat(1000))).refusals).toEqual([])
  expect(checkCrontab(Buffer.from('#\n'.repeat(1001))).refusals).toEqual([
    expect.stringContaining('1001 lines'),
  ])
  const { refusals, warnings } = checkCrontab(
    Buffer.from(`A=1\nSHELL=/x\n# PATH=/\n "LD_PRELOAD" = x\n* * * * * PATH=1 a\nPATH=y\nBASH_ENV=z\n`),
  )
  expect(refusals).toEqual([])
  expect(warnings.map(({ line, name }) => [line, name])).toEqual([
    [2, 'SHELL'],
    [4, 'LD_PRELOAD'],
    [6, 'PATH'],
    [7, 'BASH_ENV'],
  ])
})

describe('merging', () => {
  const merge = (target: string, backup: string) => {
    const { bytes, decisions, inherited } = mergeCrontabs(Buffer.from(target), Buffer.from(backup))
    return {
      text: bytes.toString(),
      decisions: decisions.map(({ decision, line }) => `${decision} ${line}`),
      inherited,
    }
  }
  test('keeps the target and adds what it has not, with its environment', () => {
    expect(
      merge('MAILTO=x\n1 * * * * a\n2 * * * * b', 'A=1\n2 * * * * b\nB=2\n3 * * * * c\n# no\n3 * * * * c'),
    ).toEqual({
      text: 'MAILTO=x\n1 * * * * a\n2 * * * * b\nA=1\nB=2\n3 * * * * c\n',
      decisions: ['kept 1 * * * * a', 'same 2 * * * * b', 'added 3 * * * * c'],
      inherited: ['MAILTO'],
    })
  })
  test('takes a disabled line for the line itself', () => {
    const disabled = disableCrontab(Buffer.from('1 * * * * a\n'), id).toString()
    expect(merge(disabled, '1 * * * * a\n').text).toBe(disabled)
    expect(merge('1 * * * * a\n', disabled).text).toBe('1 * * * * a\n')
  })
  test('of the same crontab changes nothing', () => {
    expect(merge('A=1\n1 * * * * a', 'A=1\n1 * * * * a')).toMatchObject({
      text: 'A=1\n1 * * * * a',
      inherited: [],
    })
  })
})
