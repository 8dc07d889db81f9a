import type { Reply } from '../../shared/client.ts'
import type { AppEvent } from '../../shared/events.ts'

/** What the desktop's preload gives the page. */
export interface Desktop {
  readonly call: (method: string, input: unknown) => Promise<Reply>
  /** Returns the function that ends the subscription. */
  readonly onEvent: (listener: (event: AppEvent) => void) => () => void
}

declare global {
  interface Window {
    /** Absent in a browser. */
    readonly holdfast?: Desktop
  }
}
