import { AppError } from '../../../../shared/errors.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import { readAgain } from './read-again.ts'
import { ReadSoFar } from './read-so-far.ts'
import { type Reading, Troubles, warnOfTroubles } from './reading.ts'
import { quoteGlob, scanRoot } from './scan.ts'
import { readAsRoot, type SecondPassTally } from './second-pass.ts'

/**
 * Reads a root that is a single file, as the account or, where that may not, as the file's owner. It is looked at
 * from its folder, of which nothing else is read. Its troubles are warned of.
 */
export async function readFile(root: Reading, tally: SecondPassTally): Promise<void> {
  const name = baseName(root.root.path)
  const reading = inFolder(root, name)
  const { scan } = await scanRoot(reading)
  if (scan === null || scan.expected + scan.unreadable.length + scan.tooLarge.length < 2) {
    throw new AppError(
      'not-found',
      `${toRemoteName(root.root.path)} cannot be reached as ${root.source.name}; everything else was backed up. Correct the path or its permissions and run the backup again.`,
    )
  }
  for (const { path } of scan.tooLarge) reading.troubles.set(path, 'too-large', 'larger than 100 GiB')
  await readAsRoot(reading, scan.unreadable, tally)
  await readAgain(reading, scan.expected > 1 ? [name] : [])
  for (const { path } of scan.unreadable) {
    if (!reading.soFar.isWritten(path) && reading.troubles.get(path) === undefined)
      reading.troubles.set(path, 'unreadable', 'not even root could read it')
  }
  warnOfTroubles(reading)
}

/** The same for the folder that the file lies in, with everything else there left out. */
function inFolder(reading: Reading, name: Buffer): Reading {
  const { root } = reading
  const prefix = root.prefix.subarray(0, root.prefix.lastIndexOf(0x2f))
  const path = root.path.subarray(0, Math.max(root.path.lastIndexOf(0x2f), 1))
  const pattern = Buffer.concat([Buffer.from('./'), quoteGlob(name)])
  return {
    ...reading,
    root: { name: root.name, path, prefix, held: [] },
    globs: { findArgs: ['!', '-path', pattern], matches: (other) => !other.equals(name) },
    soFar: new ReadSoFar(prefix, []),
    troubles: new Troubles(),
  }
}

function baseName(path: Buffer): Buffer {
  return path.subarray(path.lastIndexOf(0x2f) + 1)
}
