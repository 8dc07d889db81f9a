import type { Bytes } from '../../remote/shell.ts'
import { quoteGlob } from './scan.ts'

/** Paths that one `find` is told; where there are more, it looks at everything. */
const most = 500

/**
 * A `find -P .` expression that is true for what neither lies at or below one of the paths nor is a folder on the way to
 * one, so that `find` need not look there. It may say too little, never too much.
 */
export function outsideOf(paths: readonly Buffer[]): readonly Bytes[] {
  if (paths.length === 0 || paths.length > most || paths.some((path) => path.length === 0)) return ['-false']
  const way = [...new Set(paths.flatMap(foldersOf))].map((path) => Buffer.from(path, 'latin1'))
  return [
    ...['!', '(', '-false'],
    ...way.flatMap((path) => ['-o', '-path', pattern(path)]),
    ...paths.flatMap((path) => ['-o', '-path', pattern(path), '-o', '-path', pattern(path, '/*')]),
    ')',
  ]
}

/** The folders above a path, below the root. */
function foldersOf(path: Buffer): string[] {
  const parts = path.toString('latin1').split('/')
  return parts.slice(0, -1).map((_, at) => parts.slice(0, at + 1).join('/'))
}

function pattern(path: Buffer, tail = ''): Buffer {
  return Buffer.concat([Buffer.from('./'), quoteGlob(path), Buffer.from(tail)])
}
