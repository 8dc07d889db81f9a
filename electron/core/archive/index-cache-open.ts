import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { IndexCache } from './index-cache.ts'
import { IndexCacheWriter } from './index-cache-writer.ts'
import type { IndexEnd, IndexLine } from './index-decode.ts'

interface CacheOptions {
  /** Folder of caches; it is made where it is missing, and anything in it may be deleted at any time. */
  readonly cacheFolder: string
  /** The backup's id, which names the cache. */
  readonly id: string
  /** Bytes of the archive; a cache made for another size is built again. */
  readonly size: number
  /** The tree of the segments, where the caller knows it. */
  readonly tree?: string | undefined
}

function cachePath({ cacheFolder, id }: Pick<CacheOptions, 'cacheFolder' | 'id'>): string {
  if (!/^[0-9a-f-]{36}$/.test(id)) {
    throw new AppError('corrupt', 'The index names a backup by something that is no id; rebuild the index.')
  }
  return join(cacheFolder, `${id}.sqlite`)
}

/** The cache of a backup's index, or null where there is none, or none that fits. */
export function openIndexCache(options: CacheOptions): IndexCache | null {
  const cache = IndexCache.open(cachePath(options))
  if (cache === null) return null
  const { id, end } = cache.facts
  if (id === options.id && end.size === options.size && (options.tree ?? end.tree) === end.tree) return cache
  cache[Symbol.dispose]()
  return null
}

/**
 * Builds the cache from the lines of an index, replacing any older one, and opens it. Throws what the lines throw;
 * then nothing is left behind.
 */
export async function buildIndexCache(
  lines: AsyncIterable<readonly IndexLine[]>,
  options: Omit<CacheOptions, 'tree'>,
): Promise<IndexCache> {
  const path = cachePath(options)
  await mkdir(options.cacheFolder, { recursive: true, mode: 0o700 })
  const unfinished = `${path}.${randomUUID()}.partial`
  try {
    await fill(unfinished, lines, options)
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
  const cache = IndexCache.open(path)
  if (cache === null) throw new AppError('internal', 'A cache that was just built does not open; try again.')
  return cache
}

async function fill(
  path: string,
  lines: AsyncIterable<readonly IndexLine[]>,
  { id, size }: Pick<CacheOptions, 'id' | 'size'>,
): Promise<void> {
  using writer = new IndexCacheWriter(path)
  let end: IndexEnd | null = null
  let tarLength = 0
  for await (const batch of lines) {
    for (const line of batch) {
      if (line.kind === 'head' && line.id !== id) throw otherBackup()
      if (line.kind === 'entry') writer.entry(line.entry)
      else if (line.kind === 'part') writer.part(line.part)
      else if (line.kind === 'warning') writer.warning(line.code, line.path)
      else if (line.kind === 'end') end = line.end
      else if (line.kind === 'segment') {
        writer.segment(line.segment)
        tarLength = line.segment.tarOffset + line.segment.tarLength
      }
    }
  }
  if (end?.size !== size) throw otherBackup()
  writer.finish({ id, end, tarLength })
}

function otherBackup(): AppError {
  return new AppError(
    'corrupt',
    'The index belongs to another archive; nothing of this one is lost, rebuild the index from it.',
  )
}
