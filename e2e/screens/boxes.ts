import type { Box } from './box.ts'

export const same = (label: string, selector: string): Box => ({ label, mockup: selector })
/** What other boxes lie in. */
export const around = (label: string, selector: string): Box => ({
  ...{ label, mockup: selector, words: 'parts' },
})

/** `first row`, and so on: rows of a body of a table, with their cells where `cells` says how many. */
export function rowBoxes(
  table: string,
  rows: readonly number[],
  cells: readonly number[] = [],
): readonly Box[] {
  const all = `${table} > tbody > tr:not(.group, .attn, [aria-hidden])`
  return rows.flatMap((row) => [
    (cells.length > 0 ? around : same)(`row ${row}`, `${all} >> nth=${row - 1}`),
    ...cells.map((cell) =>
      same(`row ${row}, cell ${cell}`, `${all} >> nth=${row - 1} >> td >> nth=${cell - 1}`),
    ),
  ])
}

const entry = (name: string): Box => same(`entry ${name}`, `.sidebar .nav-item:has-text("${name}")`)

/** The bar at the bottom. */
const statusBar: readonly Box[] = [
  around('status bar', '.statusbar'),
  same('keychain', '.statusbar .item >> nth=0'),
  same('job line', '.statusbar .item:has(.spin)'),
  same('job speed', '.statusbar .item.num'),
  same('jobs button', '.statusbar .btn'),
]

/** What is around a screen. */
export const frame: readonly Box[] = [
  around('sidebar', '.sidebar'),
  same('brand', '.brand'),
  ...['Overview', 'Jobs', 'Backups', 'Schedules', 'Destinations'].map(entry),
  same('head of servers', '.nav-head > span'),
  ...['harbor-1', 'fjord', 'quay', 'Settings'].map(entry),
  around('toolbar', '.toolbar'),
  same('h1', '.toolbar h1'),
  ...statusBar,
]

export const search = same('search', '.toolbar .search')
export const primary = same('primary button', '.toolbar .btn--primary')

/** What is around a task. */
export function task(steps: readonly string[], { act = '.btn--primary' } = {}): readonly Box[] {
  return [
    around('sidebar', '.sidebar'),
    same('h1', '.wizard-head h1'),
    same('below h1', '.wizard-head p'),
    ...steps.map((name) => same(`step ${name}`, `.wizard-step:has(:text-is("${name}"))`)),
    around('toolbar', '.toolbar'),
    same('leave', '.toolbar .btn'),
    same('title', '.main .page-title'),
    same('lead', '.main .lead'),
    around('action bar', '.action-bar'),
    same('primary button', `.action-bar ${act}`),
    ...statusBar,
  ]
}

/** The sections of the column at the right. */
export const rail = (sections: readonly string[]): readonly Box[] => [
  around('rail', '.rail'),
  ...sections.map((name) => same(`rail, ${name}`, `.rail h2:has-text("${name}")`)),
]
