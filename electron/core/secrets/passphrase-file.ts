import { open } from 'node:fs/promises'
import { AppError } from '../../../shared/errors.ts'
import { Secret } from './secret.ts'

/** Others must not read or write it, and the group must not write it. */
const tooOpen = 0o027
const longest = 4096

/**
 * The passphrase in a file, without the line end at its end. The file's rights are those of the opened file.
 * @throws `permission-denied` where it cannot be read or others can; `invalid-input` where it is empty or no passphrase
 */
export async function readPassphraseFile(path: string): Promise<Secret> {
  let mode: number
  let text: string
  try {
    await using handle = await open(path, 'r')
    const facts = await handle.stat()
    mode = facts.mode
    text = facts.size > longest ? '' : await handle.readFile('utf8')
  } catch (error) {
    throw new AppError(
      'permission-denied',
      `The passphrase file ${path} cannot be read. The vault stays locked: check HOLDFAST_PASSPHRASE_FILE.`,
      { cause: error },
    )
  }
  if (process.platform !== 'win32' && (mode & tooOpen) !== 0) {
    throw new AppError(
      'permission-denied',
      `Others can read or change the passphrase file ${path}, so it was not used. Allow only yourself: chmod 600.`,
    )
  }
  const passphrase = text.replace(/\r?\n$/, '')
  if (passphrase === '') {
    throw new AppError(
      'invalid-input',
      `The passphrase file ${path} is empty or longer than ${longest} bytes. The vault stays locked.`,
    )
  }
  return new Secret(passphrase)
}
