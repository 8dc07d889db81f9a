import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import type { MappedPath, RestoreMapping } from '../../../../shared/model/restore-mapping.ts'

const slash = 0x2f

/** Every path row of a mapping: the home, further paths, mail domains. */
export function pathRows({ home, paths, domains }: RestoreMapping): MappedPath[] {
  return [home, ...paths, ...domains.flatMap((domain) => domain.paths)]
}

/**
 * Where an absolute path of the backup's server lies at the target: the longest row that is the path itself or a
 * folder above it decides, only whole segments count. A path that no row holds stays as it is.
 */
export function mapPath(mapping: RestoreMapping, path: Buffer): Buffer {
  let best: { readonly from: Buffer; readonly to: Buffer } | null = null
  for (const row of pathRows(mapping)) {
    const from = Buffer.from(fromRemoteName(row.from))
    if (!isWithin(from, path) || (best !== null && best.from.length >= from.length)) continue
    best = { from, to: Buffer.from(fromRemoteName(row.to)) }
  }
  return best === null ? path : Buffer.concat([best.to, path.subarray(best.from.length)])
}

/** `mapPath` for a `RemoteName`. */
export function mapRemoteName(mapping: RestoreMapping, path: string): string {
  return toRemoteName(mapPath(mapping, Buffer.from(fromRemoteName(path))))
}

/** Whether a path is a folder or lies below it; both absolute, without a slash at the folder's end. */
export function isWithin(folder: Buffer, path: Buffer): boolean {
  if (path.length < folder.length || !path.subarray(0, folder.length).equals(folder)) return false
  return path.length === folder.length || path[folder.length] === slash
}
