import { execFileSync } from 'node:child_process'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Counts } from './count-tests.ts'
import type { Figures } from './figures.ts'

/** What one campaign file, or one benchmark, showed, as docs/figures.json keeps it. */
export interface Entry extends Counts {
  /** The commit it ran at; with `-changed` where the working tree differed from it. */
  readonly commit: string
  /** ISO 8601, when it ended. */
  readonly date: string
  readonly seconds: number
  readonly figures: Readonly<Record<string, Figures>>
}

const root = join(import.meta.dirname, '..')
const document = join(root, 'docs', 'figures.json')

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
}

export function describeCommit(): string {
  const changed = git('status', '--porcelain', '--', '.', ':!docs') !== ''
  return git('rev-parse', 'HEAD') + (changed ? '-changed' : '')
}

/** Everything recorded so far, by the path of the campaign's file or the benchmark's command. */
export function readEntries(): Readonly<Record<string, Entry>> {
  try {
    return JSON.parse(readFileSync(document, 'utf8')) as Readonly<Record<string, Entry>>
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw error
  }
}

/** Puts one entry in its place, whole or not at all. */
export function writeEntry(name: string, entry: Entry): void {
  const entries = Object.entries({ ...readEntries(), [name]: entry }).sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(`${document}.new`, `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`)
  renameSync(`${document}.new`, document)
}
