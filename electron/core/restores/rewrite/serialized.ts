import type { FoundPath, PathFinder } from './path-text.ts'

/** A change inside a value: characters `start` up to `end` become `text`. `path` is absent for a length. */
export interface ValueEdit {
  readonly start: number
  readonly end: number
  readonly text: string
  readonly path?: FoundPath
}

/** What becomes of the old paths in a value, or in words why they are left alone. */
export type ValueEdits =
  | { readonly kind: 'edits'; readonly edits: readonly ValueEdit[] }
  | { readonly kind: 'left'; readonly why: string }

const opening = /(?<![A-Za-z0-9_])s:([0-9]{1,10}):"/g
/** Forms whose lengths cannot be mended from outside: objects that serialize themselves, escaped strings. */
const ownForm = /(?:^|[;{])(?:C:[0-9]+:"|S:[0-9]+:")/

/**
 * Replaces the paths in a value (bytes as latin1) that may be, or hold, serialized PHP: in `s:LENGTH:"…";`, nested
 * ones too, the lengths follow. Where a length is wrong already, or the form is one of those that PHP code makes
 * itself, all of the value is left.
 */
export function valueEdits(text: string, paths: PathFinder): ValueEdits {
  if (paths.find(text).length === 0) {
    return paths.unsure(text).length === 0
      ? { kind: 'edits', edits: [] }
      : { kind: 'left', why: 'an old path in it is put together or escaped' }
  }
  if (ownForm.test(text)) return { kind: 'left', why: 'it is serialized by PHP code of its own' }
  const edits = editRange(text, { start: 0, end: text.length }, paths)
  if (edits === null) return { kind: 'left', why: 'it is serialized PHP with lengths that do not fit' }
  return { kind: 'edits', edits }
}

interface Range {
  readonly start: number
  readonly end: number
}

function editRange(text: string, { start, end }: Range, paths: PathFinder): ValueEdit[] | null {
  const edits: ValueEdit[] = []
  const strings = new RegExp(opening)
  let plain = start
  strings.lastIndex = start
  for (let match = strings.exec(text); match !== null && match.index < end; match = strings.exec(text)) {
    const digits = match[1] ?? ''
    const inner = { start: strings.lastIndex, end: strings.lastIndex + Number(digits) }
    if (inner.end + 2 > end || text.slice(inner.end, inner.end + 2) !== '";') return null
    edits.push(...plainEdits(text, { start: plain, end: match.index }, paths))
    const inside = editRange(text, inner, paths)
    if (inside === null) return null
    const grown = inside.reduce((sum, edit) => sum + edit.text.length - (edit.end - edit.start), 0)
    const at = match.index + 2
    if (grown !== 0) {
      edits.push({ start: at, end: at + digits.length, text: String(Number(digits) + grown) })
    }
    edits.push(...inside)
    plain = inner.end
    strings.lastIndex = inner.end
  }
  edits.push(...plainEdits(text, { start: plain, end }, paths))
  return edits
}

function plainEdits(text: string, { start, end }: Range, paths: PathFinder): ValueEdit[] {
  return paths.find(text.slice(start, end)).map((path) => ({
    start: start + path.start,
    end: start + path.end,
    text: path.to,
    path,
  }))
}
