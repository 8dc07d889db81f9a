import type { ComponentOutcome } from '../../archive/archive-writer.ts'
import { isAt } from '../selection.ts'
import { listLeftOut } from './left-out.ts'
import { readAgain } from './read-again.ts'
import { type Reading, warnOfTroubles } from './reading.ts'
import { liesBelow } from './scan-records.ts'
import { quoteGlob, scanRoot } from './scan.ts'
import { readAsRoot, readWholeAsRoot, type SecondPassTally } from './second-pass.ts'

/**
 * Reads single paths of a root with what lies below them, and the folders on the way; nothing else there is even
 * looked at. A path that is not there is no trouble. Counted as `readRoot` does.
 */
export async function readPaths(root: Reading, paths: readonly Buffer[]): Promise<ComponentOutcome> {
  const secondPass: SecondPassTally = { items: 0, bytes: 0 }
  const reading = narrowed(root, paths)
  const names: Buffer[] = []
  const { scan, tar } = await scanRoot(reading, (path) => void names.push(path))
  if (scan === null) await readWholeAsRoot(reading, secondPass)
  else {
    const tagged = reading.context.overrides.nobackupTag ? scan.tagged : []
    const folders = new Set(tagged.map((path) => path.toString('latin1')))
    const excluded = scan.excluded.filter((path) => paths.some((wanted) => isAt(path, wanted)))
    listLeftOut(reading, { ...scan, excluded })
    await readAsRoot(reading, scan.unreadable, secondPass)
    await readAgain(
      reading,
      names.filter((path) => !liesBelow(path, folders)),
    )
    for (const { path } of scan.unreadable) {
      if (!reading.soFar.isWritten(path) && reading.troubles.get(path) === undefined) {
        reading.troubles.set(path, 'unreadable', 'not even root could read it')
      }
    }
  }
  warnOfTroubles(reading)
  return { tool: 'tar', version: tar, detail: { root: root.root.name, secondPass }, missing: false }
}

/** The same reading with everything left out that is neither wanted nor on the way there. */
function narrowed(reading: Reading, paths: readonly Buffer[]): Reading {
  const { globs } = reading
  const onTheWay = [...new Set(paths.flatMap(foldersOf))].map((path) => Buffer.from(path, 'latin1'))
  const way = onTheWay.flatMap((path) => ['-o', '-path', pattern(path)])
  const wanted = paths.flatMap((path) => ['-o', '-path', pattern(path), '-o', '-path', pattern(path, '/*')])
  return {
    ...reading,
    globs: {
      findArgs: [...globs.findArgs, '-o', '!', '(', '-false', ...way, ...wanted, ')'],
      matches: (path) =>
        globs.matches(path) ||
        !paths.some((each) => isAt(path, each) || isAt(each, path) || path.length === 0),
    },
  }
}

/** The folders above a path, below the root. */
function foldersOf(path: Buffer): string[] {
  const parts = path.toString('latin1').split('/')
  return parts.slice(0, -1).map((_, at) => parts.slice(0, at + 1).join('/'))
}

function pattern(path: Buffer, tail = ''): Buffer {
  return Buffer.concat([Buffer.from('./'), quoteGlob(path), Buffer.from(tail)])
}
