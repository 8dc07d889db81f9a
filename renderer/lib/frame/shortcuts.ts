import type { JobsState } from '../state/jobs.svelte.ts'
import type { Connection } from '../state/connection.svelte.ts'
import type { Palette } from '../state/palette.svelte.ts'
import type { Navigation } from '../state/navigation.svelte.ts'
import type { KnownRoute } from '../../routes.ts'

/** Screens by the key that opens them together with ⌘ or Ctrl; the digits are in the order of the sidebar. */
const byKey: Readonly<Record<string, KnownRoute>> = {
  1: { screen: 'overview' },
  2: { screen: 'jobs' },
  3: { screen: 'backups' },
  4: { screen: 'schedules', schedule: null },
  5: { screen: 'destinations' },
  ',': { screen: 'settings' },
}

/** The parts of the frame that F6 goes through, in this order; those that are not there are left out. */
const regions = [
  '.sidebar',
  '.toolbar',
  '.content, .with-rail > .pad',
  '.rail',
  '.action-bar',
  '.drawer',
  '.statusbar',
]

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
}

/** The first thing in an element that takes the focus, else the element itself. */
function focusInto(region: HTMLElement): void {
  const inside = region.querySelector<HTMLElement>(
    '[aria-current], a[href], button:not([disabled]), input, [tabindex]',
  )
  if (inside === null) region.tabIndex = -1
  ;(inside ?? region).focus()
}

function nextRegion(page: Document, step: 1 | -1): void {
  const there = regions.flatMap((selector) => page.querySelector<HTMLElement>(selector) ?? [])
  const at = there.findIndex((region) => region.contains(page.activeElement))
  const next = there[(at + step + there.length) % there.length]
  if (next !== undefined) focusInto(next)
}

interface Reach {
  readonly navigation: Navigation
  readonly jobs: JobsState
  readonly palette: Palette
  readonly connection: Connection
}

/** Buttons of the screen that a key presses together with ⌘ or Ctrl. A wizard's last step has `data-last`. */
const pressedBy: Readonly<Record<string, string>> = {
  r: '[data-refresh]',
  s: '[data-save]',
  enter: '.app:has(.wizard-step) .action-bar .btn--primary:not([data-last])',
}

function press(page: Document, selector: string | undefined): boolean {
  const button = selector === undefined ? null : page.querySelector<HTMLButtonElement>(selector)
  button?.click()
  return button !== null
}

/** What a key does together with ⌘ or Ctrl. */
function actOnCommand(key: string, page: Document, reach: Reach): boolean {
  const { navigation, jobs, palette, connection } = reach
  const route = byKey[key]
  if (route !== undefined) navigation.go(route)
  else if (key === 'k') palette.open = true
  else if (key === 'j') jobs.drawer = !jobs.drawer
  // A browser's own key there.
  else if (key === 'n' && connection.host === 'desktop') navigation.go({ screen: 'add-server', alias: null })
  else return press(page, pressedBy[key])
  return true
}

/** What a key does anywhere in the window. True: it was one of ours. */
function act(event: KeyboardEvent, page: Document, reach: Reach): boolean {
  const command = (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey
  if (page.querySelector('[role="alertdialog"], [role="dialog"]') !== null) return false
  if (command) return actOnCommand(event.key.toLowerCase(), page, reach)
  if (event.key === 'F6') {
    nextRegion(page, event.shiftKey ? -1 : 1)
    return true
  }
  if (event.key !== '/' || isTyping(event.target)) return false
  const filter = page.querySelector<HTMLElement>('[data-list-filter]')
  filter?.focus()
  return filter !== null
}

/** Listens for the keys that work on every screen; returns the function that ends it. */
export function listenForShortcuts(page: Document, reach: Reach): () => void {
  const listener = (event: KeyboardEvent) => {
    if (!event.defaultPrevented && act(event, page, reach)) event.preventDefault()
  }
  page.addEventListener('keydown', listener)
  return () => page.removeEventListener('keydown', listener)
}
