import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readPassphraseFile } from './passphrase-file.ts'

describe('a passphrase file', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-passphrase-'))
    file = join(folder, 'passphrase')
  })
  afterEach(() => rm(folder, { recursive: true }))

  test.each([
    ['no line end', 'two words', 'two words'],
    ['a line end', 'two words\n', 'two words'],
    ['a Windows line end', 'two words\r\n', 'two words'],
    ['spaces of its own', ' two words \n\n', ' two words \n'],
  ])('with %s', async (_what, text, passphrase) => {
    await writeFile(file, text, { mode: 0o600 })
    expect((await readPassphraseFile(file)).reveal()).toBe(passphrase)
  })

  test.each([
    [0o644, 'permission-denied'],
    [0o604, 'permission-denied'],
    [0o602, 'permission-denied'],
    [0o620, 'permission-denied'],
    [0o400, null],
    [0o640, null],
  ])('of mode %o is used only where no other can read or change it', async (mode, code) => {
    await writeFile(file, 'two words')
    await chmod(file, mode)
    const refused = await readPassphraseFile(file).then(
      () => null,
      (error: unknown) => (error as { code: string }).code,
    )
    expect(refused).toBe(code)
  })

  test('that is empty, too long or missing is refused in words', async () => {
    await writeFile(file, '\n', { mode: 0o600 })
    await expect(readPassphraseFile(file)).rejects.toMatchObject({ code: 'invalid-input' })
    await writeFile(file, 'x'.repeat(5000), { mode: 0o600 })
    await expect(readPassphraseFile(file)).rejects.toMatchObject({ code: 'invalid-input' })
    await expect(readPassphraseFile(folder)).rejects.toMatchObject({ code: 'permission-denied' })
    await expect(readPassphraseFile(join(folder, 'no'))).rejects.toMatchObject({ code: 'permission-denied' })
  })
})
