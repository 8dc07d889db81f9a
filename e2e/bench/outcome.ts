import type { Figures } from '../figures.ts'
import type { Target } from './targets.ts'

/** How a benchmark is run. */
export interface BenchOptions {
  /** `big`, or `small` to try the benchmark. */
  readonly account: string
  readonly runs: number
  /** Where archives go while they are measured. */
  readonly folder: string
  /** Told what goes on. */
  readonly say: (line: string) => void
}

/** What one benchmark came to. */
export interface Outcome {
  readonly figures: Readonly<Record<string, Figures>>
  readonly targets: readonly Target[]
  /** For people. */
  readonly text: string
}
