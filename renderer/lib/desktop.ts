import type { Desktop } from '../../shared/desktop.ts'

declare global {
  interface Window {
    /** Absent in a browser. */
    readonly holdfast?: Desktop
  }
}

export type { Desktop }
