import { fromRemoteName } from '../../../../shared/remote-name.ts'
import type { RestoreMapping } from '../../../../shared/model/restore-mapping.ts'
import { pathRows } from '../mapping/map-path.ts'

/** An old path inside a text, and the path for its place. Offsets count characters of the text. */
export interface FoundPath {
  readonly start: number
  readonly end: number
  readonly from: string
  readonly to: string
}

/** Finds the paths of a mapping in texts that are bytes as latin1. */
export interface PathFinder {
  /** Whole paths, or whole leading segments of longer ones, in order. */
  find(text: string): FoundPath[]
  /** Where an old path may stand, but what follows or precedes it is put together by a program. */
  unsure(text: string): number[]
}

/** Characters that make a name longer, so that another file is meant. */
const nameByte = String.raw`A-Za-z0-9._~@+\x80-\xff-`
/** At the start, after a separator, after `scheme://`, or stuck to a one-letter option as in `-C/home/alice`. */
const before = String.raw`(?<=^|[^${nameByte}/$%}\\]|:\/\/|(?:^|\s)-[A-Za-z])`
const after = String.raw`(?=\/|$|[^${nameByte}/$%{\\])`

/** A finder for every path that changes; the longest row wins, only whole segments count. */
export function pathFinder(mapping: RestoreMapping): PathFinder {
  const rows = new Map(
    pathRows(mapping)
      .filter(({ from, to }) => from !== to)
      .map(({ from, to }) => [latin1(from), latin1(to)] as const),
  )
  if (rows.size === 0) return { find: () => [], unsure: () => [] }
  const froms = [...rows.keys()].sort((a, b) => b.length - a.length).map(escaped)
  const any = froms.join('|')
  const whole = new RegExp(`${before}(?:${any})${after}`, 'g')
  const slashed = froms.map((from) => from.replaceAll('/', String.raw`\\+/`)).join('|')
  const near = new RegExp(
    `[$}](?:${any})${after}|${before}(?:${any})[$%{\\\\]|(?:${slashed})(?:${after}|(?=\\\\))`,
    'g',
  )
  return {
    find: (text) =>
      [...text.matchAll(whole)].map(({ 0: from, index }) => ({
        start: index,
        end: index + from.length,
        from,
        to: rows.get(from) ?? from,
      })),
    unsure: (text) => [...text.matchAll(near)].map(({ index }) => index),
  }
}

function latin1(name: string): string {
  return Buffer.from(fromRemoteName(name)).toString('latin1')
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
