import type { JobsState } from '../state/jobs.svelte.ts'
import type { Navigation } from '../state/navigation.svelte.ts'
import type { KnownRoute } from '../../routes.ts'

/** Screens by the key that opens them together with ⌘ or Ctrl; the digits are in the order of the sidebar. */
const byKey: Readonly<Record<string, KnownRoute>> = {
  1: { screen: 'overview' },
  2: { screen: 'jobs' },
  3: { screen: 'backups' },
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
}

/** What a key does anywhere in the window. True: it was one of ours. */
function act(event: KeyboardEvent, page: Document, { navigation, jobs }: Reach): boolean {
  const command = (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey
  const route = command ? byKey[event.key] : undefined
  if (route !== undefined) {
    navigation.go(route)
    return true
  }
  if (command && event.key.toLowerCase() === 'j') {
    jobs.drawer = !jobs.drawer
    return true
  }
  if (event.key === 'F6') {
    nextRegion(page, event.shiftKey ? -1 : 1)
    return true
  }
  if (event.key !== '/' || command || isTyping(event.target)) return false
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
