import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { frameArchives } from './frames.ts'
import type { HostileArchive } from './hostile-archive.ts'
import { linkArchives } from './links.ts'
import { nameArchives } from './names.ts'
import { specialArchives } from './specials.ts'
import { traversalArchives } from './traversal.ts'

/**
 * Archives that try to get out of the folder that they are extracted into, to bring what nobody asked for, or to break
 * the reader. Run with a folder as the argument, it writes them there, to be tried with other programs; their victim
 * is `victim` in the folder above.
 */
export const hostileArchives: readonly HostileArchive[] = [
  ...traversalArchives,
  ...linkArchives,
  ...nameArchives,
  ...specialArchives,
  ...frameArchives,
]

if (import.meta.main) {
  const [folder] = process.argv.slice(2)
  if (folder === undefined) throw new Error('Name the folder to write the archives into.')
  const into = resolve(folder)
  const place = { victim: resolve(into, '../victim') }
  mkdirSync(into, { recursive: true })
  for (const { name, stored } of hostileArchives) {
    writeFileSync(join(into, `${name.replaceAll(/[^A-Za-z0-9]+/g, '-')}.tar.gz`), stored(place))
  }
  console.log(`${hostileArchives.length} archives in ${into}`)
}
