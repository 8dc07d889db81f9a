import { describe, expect, test } from 'vitest'
import { guardEntries, type GuardEntry } from './guard.ts'

type Short = Partial<Omit<GuardEntry, 'path' | 'linkTarget'>> & { path: string | Buffer; link?: string }

function entry({ path, link, ...rest }: Short): GuardEntry {
  const linkTarget = link === undefined ? null : Buffer.from(link)
  return { type: 'file', size: 0, mode: 0o644, ...rest, path: Buffer.from(path), linkTarget }
}

const folder = (path: string): Short => ({ path, type: 'directory' })
const symlink = (path: string, link: string): Short => ({ path, type: 'symlink', link })
const hardlink = (path: string, link: string): Short => ({ path, type: 'hardlink', link })

interface Options {
  readonly trusted?: boolean
  readonly root?: string
}

/** One line an entry: its path below the root, and `put`, what is stripped, or why it is refused. */
function judge(entries: readonly Short[], { trusted = false, root = 'files' }: Options = {}): string[] {
  const all = entries.map(entry)
  const options = { root: Buffer.from(root), trusted, storedBytes: 1000 }
  return Array.from(
    guardEntries(() => all, options),
    ({ path, verdict }) => {
      const name = path.toString('latin1')
      if (verdict.action === 'put') return `${name}: put`
      return verdict.action === 'strip' ? `${name}: ${verdict.what.join(' ')}` : `${name}: ${verdict.why}`
    },
  )
}

describe('paths', () => {
  test('are judged below the root, the root itself included, others passed over', () => {
    expect(
      judge([
        folder('files'),
        folder('./files//a/'),
        { path: 'files/a/b' },
        { path: 'filesx' },
        { path: 'mail/x' },
      ]),
    ).toEqual([': put', 'a: put', 'a/b: put'])
    expect(judge([{ path: 'x' }], { root: '' })).toEqual(['x: put'])
  })

  test.each([
    ['', 'it has no name'],
    ['/files/x', 'its path is absolute'],
    ['files/../x', 'its path leads out of the tree'],
    ['files/..', 'its path leads out of the tree'],
    ['files/a\0b', 'its name has a NUL'],
    [`files/${'n'.repeat(256)}`, 'its name is longer than 255 bytes'],
    [`files/${'d/'.repeat(2046)}`, 'its path is longer than 4096 bytes'],
    [`files/${'d/'.repeat(512)}`, 'it lies more than 512 folders deep'],
  ])('%j is refused', (path, why) => {
    expect(judge([{ path }])).toEqual([`${path}: ${why}`])
    expect(judge([{ path }], { trusted: true })).toEqual([`${path}: ${why}`])
  })

  test.each([
    `files/${'n'.repeat(255)}`,
    `files/${'d/'.repeat(511)}`,
    'files/\u001b[2J\n\u202e -rf $(id)',
    'files/..a/...',
    'files/a\\..\\b',
    Buffer.from('files/\xff\xfe', 'latin1'),
  ])('%j is put', (path) => expect(judge([{ path }])[0]).toMatch(/: put$/s))
})

describe('what stands above', () => {
  const above = 'something above it in the archive is a link or a file'
  test.each([
    [symlink('files/d', 'e'), 'put'],
    [{ path: 'files/d' }, 'put'],
    [hardlink('files/d', 'files/x'), 'put'],
    [{ path: 'files/d', type: 'special' } as const, 'it is a socket, FIFO or device'],
  ])('%j has nothing put below it, wherever it stands', (top, verdict) => {
    for (const trusted of [true, false]) {
      const x = { path: 'files/x' }
      expect(
        judge([x, top, { path: 'files/d/a' }, folder('files/d/b'), { path: 'files/d/b/c' }], { trusted }),
      ).toEqual(['x: put', `d: ${verdict}`, `d/a: ${above}`, `d/b: ${above}`, `d/b/c: ${above}`])
      expect(judge([x, { path: 'files/d/b/c' }, top], { trusted })).toEqual([
        'x: put',
        `d/b/c: ${above}`,
        `d: ${verdict}`,
      ])
    }
  })

  test('a root that is no folder has nothing put at all', () => {
    expect(judge([symlink('files', '/etc'), { path: 'files/x' }], { trusted: true })).toEqual([
      ': it stands in place of the whole tree',
      `x: ${above}`,
    ])
  })
})

describe('a path that comes twice', () => {
  const twice = 'the archive has its path twice, as different kinds'
  test.each([
    [{ path: 'files/a' }, symlink('files/a', 'b')],
    [folder('files/a'), symlink('files/a', 'b')],
    [folder('files/a'), { path: 'files/./a' }],
    [symlink('files/a', 'b'), hardlink('files/a', 'files/b')],
    [hardlink('files/a', 'files/b'), hardlink('files/a', 'files/c')],
    [{ path: 'files/a', type: 'special' } as const, { path: 'files/a' }],
  ])('%j and %j: none is put, and nothing below', (one, other) => {
    for (const pair of [
      [one, other],
      [other, one],
    ]) {
      const lines = judge([...pair, { path: 'files/a/x' }])
      expect(lines.filter((line) => line.endsWith('put'))).toEqual([])
      expect(lines).toContain(`a: ${twice}`)
    }
  })

  test('as a file: the last counts; a third of another kind spoils all', () => {
    const file = { path: 'files/a' }
    expect(judge([file, { path: 'files//a' }, file])).toEqual([
      'a: a later entry of the same path counts',
      'a: a later entry of the same path counts',
      'a: put',
    ])
    expect(judge([file, file, folder('files/a'), file])).toEqual([
      `a: ${twice}`,
      `a: ${twice}`,
      `a: ${twice}`,
      `a: ${twice}`,
    ])
  })
})

describe('symbolic links', () => {
  test.each(['/etc/passwd', '..', '../../x', 'x/../../../y', 'd/e'])(
    'to %s are put from ours, refused from others',
    (link) => {
      const entries = [symlink('files/d', 'x'), symlink('files/a/l', link)]
      expect(judge(entries, { trusted: true })).toEqual(['d: put', 'a/l: put'])
      const lines = judge(entries)
      if (link === '..' || link === 'd/e') expect(lines[1]).toBe('a/l: put')
      else expect(lines[1]).toMatch(/^a\/l: it is a link/)
    },
  )

  test('of others go through no other link', () => {
    expect(judge([symlink('files/deep/root', '..'), symlink('files/l', 'deep/root/../x')])).toEqual([
      'deep/root: put',
      'l: it is a link through another link or a file',
    ])
    expect(judge([symlink('files/d', 'x'), symlink('files/l', './d')])).toEqual(['d: put', 'l: put'])
  })

  test.each(['', 'a\0b', 'x'.repeat(4096)])(
    'without a target that can be are refused, also ours (%#)',
    (link) => {
      expect(judge([symlink('files/l', link)], { trusted: true })[0]).not.toBe('l: put')
    },
  )
})

describe('hard links', () => {
  const no = 'it is a hard link to something that is no earlier file of the tree'
  test.each([
    [
      [{ path: 'files/a' }, hardlink('files/h', 'files/a'), hardlink('files/i', 'files/h')],
      ['a: put', 'h: put', 'i: put'],
    ],
    [[hardlink('files/h', 'files/a')], [`h: ${no}`]],
    [[hardlink('files/h', 'files/h')], [`h: ${no}`]],
    [
      [folder('files/d'), hardlink('files/h', 'files/d')],
      ['d: put', `h: ${no}`],
    ],
    [
      [symlink('files/l', 'a'), hardlink('files/h', 'files/l')],
      ['l: put', `h: ${no}`],
    ],
    [
      [symlink('files/l', 'a'), { path: 'files/l/x' }, hardlink('files/h', 'files/l/x')].slice(0, 3),
      ['l: put', 'l/x: something above it in the archive is a link or a file', `h: ${no}`],
    ],
    [[hardlink('files/h', '/etc/shadow')], ['h: it is a hard link to something outside of the tree']],
    [[hardlink('files/h', 'mail/x')], ['h: it is a hard link to something outside of the tree']],
    [[hardlink('files/h', 'files/../../x')], ['h: it is a hard link to something outside of the tree']],
  ])('%j', (entries, lines) => expect(judge(entries)).toEqual(lines))

  test('to what comes later are put from ours only, where it is a file', () => {
    const entries = [hardlink('files/h', 'files/a'), { path: 'files/a' }]
    expect(judge(entries)).toEqual([`h: ${no}`, 'a: put'])
    expect(judge(entries, { trusted: true })).toEqual(['h: put', 'a: put'])
  })
})

test('special bits and capabilities come from ours only, specials from nobody', () => {
  const pax = new Map([['SCHILY.xattr.security.capability', Buffer.from('x')]])
  const entries: Short[] = [
    { path: 'files/s', mode: 0o7755, pax },
    { path: 'files/f', type: 'special' },
  ]
  expect(judge(entries)).toEqual([
    's: setuid setgid sticky capabilities',
    'f: it is a socket, FIFO or device',
  ])
  expect(judge(entries, { trusted: true })).toEqual(['s: put', 'f: it is a socket, FIFO or device'])
})

test('a bomb is refused before anything is judged', () => {
  const options = { root: Buffer.alloc(0), trusted: false, storedBytes: 1000 }
  const huge = [entry({ path: 'a', size: 2 ** 31 })]
  expect(() => guardEntries(() => huge, options)).toThrow(expect.objectContaining({ code: 'corrupt' }))
  const many = [entry({ path: 'a' }), entry({ path: 'b' })]
  expect(() => guardEntries(() => many, { ...options, limits: { entries: 1 } })).toThrow('more than 1 files')
})
