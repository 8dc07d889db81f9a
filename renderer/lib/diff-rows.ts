import { structuredPatch } from 'diff'

/** One line of a diff: its numbers in the older and the newer text, from 1. */
export type DiffRow =
  | { readonly kind: 'skip'; readonly count: number }
  | {
      readonly kind: 'same' | 'del' | 'add'
      readonly before: number | null
      readonly after: number | null
      readonly text: string
    }

export interface Diff {
  readonly rows: readonly DiffRow[]
  readonly added: number
  readonly removed: number
}

const context = 3
/** Milliseconds that the comparing may take. */
const patience = 3000
const linesOf = (text: string): number => (text === '' ? 0 : text.replace(/\n$/, '').split('\n').length)

/** What leads from one text to the other, line by line; null where they differ too much to find out in a moment. */
export function diffRows(before: string, after: string): Diff | null {
  const patch = structuredPatch('', '', before, after, undefined, undefined, { context, timeout: patience })
  if (patch === undefined) return null
  const rows: DiffRow[] = []
  let [next, added, removed] = [1, 0, 0]
  for (const { oldStart, newStart, lines } of patch.hunks) {
    if (oldStart > next) rows.push({ kind: 'skip', count: oldStart - next })
    let [old, own] = [oldStart, newStart]
    for (const line of lines) {
      const text = line.slice(1)
      if (line.startsWith('-')) {
        rows.push({ kind: 'del', before: old++, after: null, text })
        removed += 1
      } else if (line.startsWith('+')) {
        rows.push({ kind: 'add', before: null, after: own++, text })
        added += 1
      } else if (line.startsWith(' ')) rows.push({ kind: 'same', before: old++, after: own++, text })
    }
    next = old
  }
  const left = linesOf(before) - next + 1
  if (left > 0) rows.push({ kind: 'skip', count: left })
  return { rows, added, removed }
}

/** Two columns: what was removed stands beside what was added in its place. */
export type SideRow =
  { readonly skip: number } | { readonly left: DiffLine | null; readonly right: DiffLine | null }
export type DiffLine = Exclude<DiffRow, { kind: 'skip' }>

export function sideBySide(rows: readonly DiffRow[]): readonly SideRow[] {
  const sides: SideRow[] = []
  let [removed, added]: [DiffLine[], DiffLine[]] = [[], []]
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1)
      sides.push({ left: removed[at] ?? null, right: added[at] ?? null })
    ;[removed, added] = [[], []]
  }
  for (const row of rows) {
    if (row.kind === 'del') removed.push(row)
    else if (row.kind === 'add') added.push(row)
    else {
      flush()
      sides.push(row.kind === 'skip' ? { skip: row.count } : { left: row, right: row })
    }
  }
  flush()
  return sides
}
