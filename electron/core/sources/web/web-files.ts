import { posix } from 'node:path'
import picomatch from 'picomatch'

/** Configuration files of a server by absolute path, as text; bytes that are not UTF-8 are replaced. */
export type WebFiles = ReadonlyMap<string, string>

/** A virtual host of any web server. */
export interface VirtualHost {
  /** The file that holds it. */
  readonly file: string
  /** Server names and aliases, lower case, without wildcards and catch-alls. */
  readonly names: readonly string[]
  /** Absolute document roots, without a slash at the end. */
  readonly roots: readonly string[]
  /** Sockets or ports of the PHP pools that it passes requests to. */
  readonly pools: readonly string[]
  /** Absolute paths of certificates and their keys. */
  readonly certificates: readonly string[]
}

/** Files that an include pattern names, in order of their names. Relative patterns start at `base`. */
export function included(files: WebFiles, base: string, pattern: string): string[] {
  const absolute = posix.resolve(base, pattern)
  if (files.has(absolute)) return [absolute]
  const matches = picomatch(absolute, { dot: false })
  return [...files.keys()].filter((path) => matches(path)).sort()
}

/** A document root as one absolute path, or null where it is not one or depends on the request. */
export function documentRoot(value: string, base: string): string | null {
  if (value === '' || value.includes('$') || value.includes('\0')) return null
  const path = posix.resolve(base, value)
  return path === '/' ? null : path
}

/** Server names that stand for a domain: no wildcard, no expression, no address, no catch-all. */
export function domainNames(names: readonly string[]): string[] {
  const plain = names.map((name) => name.toLowerCase().replace(/^www\./, ''))
  return [...new Set(plain.filter((name) => /^[a-z0-9_]([a-z0-9_-]*\.)+[a-z][a-z0-9-]+$/.test(name)))]
}
