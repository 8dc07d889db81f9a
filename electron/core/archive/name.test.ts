import fc from 'fast-check'
import { expect, test } from 'vitest'
import { archiveStem, parseArchiveStem, safeName, serverFolderName, sourceFolder } from './name.ts'

test('a plain account name stands as it is, with the date and from the second one on a number', () => {
  const stems = [1, 2, 3].map((number) => archiveStem({ source: 'alice', date: '2026-04-08', number }))
  expect(stems).toEqual(['alice_2026-04-08', 'alice_2026-04-08_2', 'alice_2026-04-08_3'])
})

test('names that a file system refuses get underscores and a digest of the true name', () => {
  expect(safeName('Ünï/../x')).toMatch(/^_n____x-[0-9a-f]{6}$|^[a-z0-9._-]+-[0-9a-f]{6}$/)
  expect(['con', 'nul.txt', 'lpt1', '.x', 'a.', ''].map((name) => safeName(name) !== name)).toEqual(
    Array(6).fill(true),
  )
  expect(safeName('Alice')).not.toBe(safeName('ALICE'))
})

test('every name becomes a segment that every destination takes, and different names stay different', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.string({ unit: 'binary', maxLength: 100 }),
      (a, b) => {
        expect(safeName(a)).toMatch(/^[a-z0-9_][a-z0-9._-]{0,63}$/)
        if (a !== b) expect(safeName(a)).not.toBe(safeName(b))
      },
    ),
  )
})

test('a server has a folder of its own even where two have the same name', () => {
  expect(serverFolderName('Web1', '01890a5d-ac96-774b-bcce-b302099a8057')).toBe('web1-099a8057')
  expect(sourceFolder('web1-099a8057', 'account', 'alice')).toBe('web1-099a8057/accounts/alice')
})

test('no ending makes a name a Windows device', () => {
  expect(safeName('con.x')).toMatch(/^con_x-[0-9a-f]{6}$/)
  expect(safeName('console')).toBe('console')
})

test('the name of an archive says its source, date and number again', () => {
  const date = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      date,
      fc.integer({ min: 1, max: 9999 }),
      (source, day, number) => {
        const run = { source, date: day.toISOString().slice(0, 10), number }
        expect(parseArchiveStem(archiveStem(run))).toEqual({ ...run, source: safeName(source) })
      },
    ),
  )
  expect(['alice', 'alice_2026-04-08_1', 'alice_2026-4-8', '../x_2026-04-08'].map(parseArchiveStem)).toEqual(
    Array(4).fill(null),
  )
})
