import { expect, test } from 'vitest'
import { modeOf, nameOf, parentOf, splitAtHit } from './archive-paths.ts'

test('names parts of an archive in words and everything else by its own name', () => {
  expect(nameOf('files')).toBe('Files')
  expect(nameOf('files/mail')).toBe('mail')
  expect(nameOf('files/a\u202eb')).toBe(String.raw`a\u{202e}b`)
  expect(parentOf('files/a/b')).toBe('files/a')
  expect(parentOf('files')).toBe('')
  expect(modeOf(0o100644)).toBe('0644')
})

test('marks what a search found in a name, in either case', () => {
  expect(splitAtHit('WP-Config.php', 'config')).toEqual(['WP-', 'Config', '.php'])
  expect(splitAtHit('index.php', '*.php')).toEqual(['index.php', '', ''])
})
