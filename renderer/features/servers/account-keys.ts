import type { AppState } from '../../lib/state/app-state.ts'
import type { ServerState } from '../../lib/state/server.svelte.ts'

/** The row of a list that has the focus in it, among the names that are shown. */
function placeOf(target: HTMLElement, names: readonly string[]): number {
  const own = target.closest<HTMLElement>('[data-account]')?.dataset['account']
  return names.findIndex((name) => name === own)
}

/**
 * Keys of the list of accounts: arrows, Home and End go from row to row, with Shift they select on the way, B backs up
 * what is selected, else the account of the row. True: it was one of ours.
 */
export function accountKey(
  event: KeyboardEvent,
  { state, runs }: { readonly state: ServerState; readonly runs: AppState['runs'] },
): boolean {
  const { target, currentTarget: list } = event
  if (!(target instanceof HTMLElement) || !(list instanceof HTMLElement)) return false
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  const names = state.shown.map(({ name }) => name)
  const at = placeOf(target, names)
  if (event.key.toLowerCase() === 'b' && at !== -1) {
    const picked = state.selected.length > 0 ? state.selected : state.shown.slice(at, at + 1)
    const refs = picked
      .filter(({ onServer }) => onServer)
      .map(({ name }) => ({ server: state.name, source: name }))
    state.picked.clear()
    if (refs.length > 0) void runs.start(refs, 'full')
    return true
  }
  const last = names.length - 1
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key]
  if (at === -1 || to === undefined || to < 0 || to > last) return false
  if (event.shiftKey) for (const each of [at, to]) state.picked.add(names[each] ?? '')
  const rows = [...list.querySelectorAll<HTMLElement>('[data-account]')]
  rows[to]?.querySelector<HTMLElement>('input.check:not([disabled]), a')?.focus()
  return true
}
