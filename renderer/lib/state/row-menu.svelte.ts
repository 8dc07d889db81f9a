import type { Attachment } from 'svelte/attachments'
import type { MenuEntry } from '../ui/menu/menu-entry.ts'

interface ShownMenu {
  readonly title: string
  readonly entries: readonly MenuEntry[]
  readonly at: { readonly x: number; readonly y: number }
}

/** The menu of a row: by the second button of the mouse, or by the menu key where the row has the focus. */
export class RowMenu {
  shown = $state.raw<ShownMenu | null>(null)

  /** For a row; what it offers is found out when somebody asks. */
  of(title: string, entries: () => readonly MenuEntry[]): Attachment<HTMLElement> {
    return (row) => {
      const open = (event: MouseEvent) => {
        const offered = entries()
        if (offered.length === 0) return
        event.preventDefault()
        this.shown = { title, entries: offered, at: { x: event.clientX, y: event.clientY } }
      }
      row.addEventListener('contextmenu', open)
      return () => row.removeEventListener('contextmenu', open)
    }
  }

  close(): void {
    this.shown = null
  }
}
