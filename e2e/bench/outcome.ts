import type { Figures } from '../figures.ts'
import type { Target } from './targets.ts'

/** What one benchmark came to. */
export interface Outcome {
  readonly figures: Readonly<Record<string, Figures>>
  readonly targets: readonly Target[]
  /** For people. */
  readonly text: string
}
