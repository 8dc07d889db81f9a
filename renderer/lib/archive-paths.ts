import { escapeForDisplay } from '../../shared/format.ts'

/** The folder that a path lies in; empty for the archive's top. */
export function parentOf(path: string): string {
  const at = path.lastIndexOf('/')
  return at === -1 ? '' : path.slice(0, at)
}

const topWords: Readonly<Record<string, string>> = {
  files: 'Files',
  paths: 'Own paths',
  databases: 'Databases',
  mail: 'Email',
  cron: 'Cron jobs',
  config: 'Settings',
}

/** What an entry is called on screen: its last name, and a word for the parts of an archive. */
export function nameOf(path: string): string {
  return topWords[path] ?? escapeForDisplay(path.slice(path.lastIndexOf('/') + 1))
}

/** `0644`. */
export const modeOf = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0')

/** A name around the first place where a search found it. */
export function splitAtHit(name: string, pattern: string): readonly [string, string, string] {
  const at = pattern === '' ? -1 : name.toLowerCase().indexOf(pattern.toLowerCase())
  if (at === -1) return [name, '', '']
  return [name.slice(0, at), name.slice(at, at + pattern.length), name.slice(at + pattern.length)]
}
