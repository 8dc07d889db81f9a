import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NameCollisions, placeEntry, type NameRules } from './extract-guard.ts'

const all: readonly NameRules[] = ['bytes', 'unicode', 'windows']

describe('placing an entry', () => {
  test.each([
    ['', 'no name'],
    ['.', 'no name'],
    ['.//.', 'no name'],
    ['/etc/passwd', 'absolute'],
    ['//etc/passwd', 'absolute'],
    ['..', 'leads out'],
    ['a/..', 'leads out'],
    ['a/../b', 'leads out'],
    ['./../b', 'leads out'],
    ['a\0b', 'NUL'],
    ['a/b\0/../c', 'NUL'],
    ['x'.repeat(256), 'longer'],
    ['x/'.repeat(600), 'deep'],
  ])('refuses %j', (path, why) => {
    for (const rules of all) {
      const placement = placeEntry(Buffer.from(path), rules)
      expect(placement).toEqual({ kind: 'refuse', why: expect.stringContaining(why) })
    }
  })

  test.each(['...', '..a', 'a..', ' ', '-rf', '~', '$(id)', 'a\nb', '\\..\\x'])(
    'takes %j as a name',
    (path) => {
      expect(placeEntry(Buffer.from(path), 'bytes')).toEqual({
        kind: 'place',
        names: [Buffer.from(path)],
        renamed: false,
      })
    },
  )

  test('gives names without separators, steps or NULs for any bytes and any computer', () => {
    const bytes = fc.uint8Array({ maxLength: 40 }).map((values) => Buffer.from(values))
    const nasty = fc.array(fc.constantFrom('..', '.', '/', '\\', ':', 'CON', 'a', '\0', ' '), {
      maxLength: 12,
    })
    const paths = fc.oneof(
      bytes,
      nasty.map((parts) => Buffer.from(parts.join(''))),
    )
    fc.assert(
      fc.property(paths, fc.constantFrom(...all), (path, rules) => {
        const placement = placeEntry(path, rules)
        if (placement.kind === 'refuse') return
        const names = placement.names.map((name) => name.toString('latin1'))
        expect(names.some((name) => name === '' || name === '.' || name === '..' || /[/\0]/.test(name))).toBe(
          false,
        )
        if (rules === 'windows')
          expect(names.some((name) => /[<>:"\\|?*\x00-\x1f]|[. ]$/.test(name))).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  test.each(['CON', 'con.txt', 'Nul', 'COM1', 'lpt9.tar.gz', 'COM¹', 'CONIN$', 'aux .x'])(
    'no device of Windows: %s',
    (name) => {
      const placement = placeEntry(Buffer.from(name), 'windows')
      expect(placement).toEqual({ kind: 'place', names: [Buffer.from(`_${name}`)], renamed: true })
    },
  )
})

describe('names that are one and the same', () => {
  const claim = (rules: NameRules, ...paths: string[]) => {
    const collisions = new NameCollisions(rules)
    return paths.map((path) => collisions.claim(path.split('/').map((name) => Buffer.from(name))))
  }

  test('where case is not told apart', () => {
    expect(claim('windows', 'a/Readme', 'a/README', 'a/readme.txt')).toEqual([null, 'a/Readme', null])
    expect(claim('unicode', 'Docs/a', 'docs/b')).toEqual([null, 'Docs'])
    expect(claim('bytes', 'a/Readme', 'a/README')).toEqual([null, null])
  })

  test('where two ways to write an accent are not told apart', () => {
    expect(claim('unicode', 'caf\u00e9', 'cafe\u0301')).toEqual([null, 'caf\u00e9'])
  })
})
