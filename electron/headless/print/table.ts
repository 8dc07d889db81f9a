import { escapeForDisplay } from '../../../shared/format.ts'

const segmenter = new Intl.Segmenter()

/** How many characters a person sees. */
function length(text: string): number {
  let count = 0
  for (const _ of segmenter.segment(text)) count += 1
  return count
}

/** Columns padded to their widest cell, two spaces apart, no trailing blanks. Cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((row) => row.map((cell) => escapeForDisplay(cell)))
  const widths = head.map((_, column) => Math.max(...lines.map((line) => length(line[column] ?? ''))))
  const pad = (cell: string, column: number) => cell + ' '.repeat((widths[column] ?? 0) - length(cell))
  return lines.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}
