import { nameOf, type Reading } from './reading.ts'
import type { Scan } from './scan-records.ts'

/** Lists what of a root is left out on purpose, and notes what of it no archive takes as the trouble that it is. */
export function listLeftOut(reading: Reading, scan: Scan): void {
  const { context, root, soFar, troubles } = reading
  const held = new Map(root.held.map(({ path, by }) => [path.toString('latin1'), by]))
  for (const path of scan.excluded) {
    const by = held.get(path.toString('latin1'))
    const why = by === undefined ? 'excluded by a glob' : `part of ${by}`
    context.skip({ path: nameOf({ soFar }, path), why })
  }
  for (const path of scan.mounts) context.skip({ path: nameOf({ soFar }, path), why: 'another file system' })
  if (context.overrides.nobackupTag) {
    for (const path of scan.tagged)
      context.skip({ path: nameOf({ soFar }, path), why: 'holds a .nobackup file' })
  }
  for (const { path, kind } of scan.special) troubles.set(path, 'special-file', `a ${kind}`)
  for (const { path } of scan.tooLarge) troubles.set(path, 'too-large', 'larger than 100 GiB')
  for (const path of scan.linkedElsewhere) {
    troubles.set(path, 'hard-link-stored-twice', 'has further names outside of what was read here')
  }
}
