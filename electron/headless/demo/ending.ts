import { formatBytes } from '../../../shared/format.ts'
import type { PracticeServer } from '../practice-server/practice-server.ts'
import { shown } from './shown.ts'

/** An archive that the demo made. */
export interface StoredArchive {
  readonly source: string
  readonly path: string
  readonly size: number
}

/** What came of the demo. */
export interface Outcome {
  readonly code: number
  /** In the order in which they were made. */
  readonly archives: readonly StoredArchive[]
  readonly database: PracticeServer['database']
}

/** The demo's last words: where the archives are, how to open them without Holdfast and with it, and how to remove them. */
export function describeEnding(
  { code, archives, database }: Outcome,
  { server, keep, took }: { readonly server: string; readonly keep: string; readonly took: string },
): string {
  const [first] = archives
  if (!first) return `\nEnded after ${took} with exit code ${code}, without an archive: see above why.`
  const { path, source } = first
  const inside =
    database.kind === 'mariadb' ? `databases/mysql/${source}_wp.sql` : 'files/public_html/index.html'
  return [
    code === 0
      ? `\nDone in ${took}. The practice server is gone; these archives stay, each read back and verified:`
      : `\nEnded after ${took} with exit code ${code}: see above what is missing. These archives stay:`,
    ...archives.map((each) => `  ${each.path}  (${formatBytes(each.size)})`),
    '\nOpen one without Holdfast, on any computer:',
    `  mkdir ${source} && ${shown(['tar', 'xzf', path, '-C', source])}`,
    `  ${shown(['tar', 'xzOf', path, inside])} | less`,
    '\nOr look at them again with Holdfast:',
    `  ${shown(['holdfast', 'destination', 'add', 'local', 'demo', '--path', keep])}`,
    `  holdfast ls ${server}/${source}@latest files`,
    '  holdfast destination remove demo',
    '\nRemove them:',
    `  ${shown(['rm', '-r', keep])}`,
  ].join('\n')
}
