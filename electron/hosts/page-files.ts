import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { errnoOf } from '../core/store/file-error.ts'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.md': 'text/markdown; charset=utf-8',
}

export interface StaticFile {
  readonly type: string
  readonly bytes: Buffer
}

/** The files of the built window by their path in an address. A request only ever looks up here, never on disk. */
export type StaticFiles = ReadonlyMap<string, StaticFile>

/** Reads the built window whole, about 1 MB. @throws `not-found` where it has not been built. */
export async function readStaticFiles(folder: string): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error
    return []
  })
  for (const entry of entries) {
    const type = types[extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const file = join(entry.parentPath, entry.name)
    files.set(`/${relative(folder, file).split(sep).join('/')}`, { type, bytes: await readFile(file) })
  }
  const page = files.get('/index.html')
  if (page === undefined)
    throw new AppError(
      'not-found',
      'The window has not been built yet. Nothing was started; build it first: npm run build:window',
    )
  return files.set('/', page)
}
