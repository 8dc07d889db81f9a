/** A short word about something that was done, or that went wrong; the latter stays until it is closed. */
export interface Toast {
  readonly id: number
  readonly state: 'held' | 'run' | 'warn' | 'fail'
  readonly title: string
  readonly text: string | null
}

export class Toasts {
  list = $state.raw<readonly Toast[]>([])
  #next = 1

  show(toast: Omit<Toast, 'id'>): void {
    this.list = [...this.list, { ...toast, id: this.#next++ }]
  }

  close(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id)
  }
}
