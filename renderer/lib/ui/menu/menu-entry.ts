import type { Component } from 'svelte'

/** One line of a menu. */
export interface MenuEntry {
  readonly text: string
  /** A second line: what it means. */
  readonly sub?: string
  /** At the right: a size, a key. */
  readonly end?: string
  readonly icon: Component
  readonly danger?: boolean
  readonly disabled?: boolean
  readonly onSelect: () => void
}
