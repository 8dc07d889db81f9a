import type { Page } from '@playwright/test'
import type { Answers } from '../fixtures/answers.ts'
import type { Box } from './box.ts'
import { appPairs } from './pairs-app.ts'
import { placePairs } from './pairs-places.ts'
import { sheetPairs } from './pairs-sheets.ts'
import { taskPairs } from './pairs-tasks.ts'

/** A mockup and the screen that was made after it. */
export interface Pair {
  /** The mockup's file, without its ending. */
  readonly name: string
  /** What it shows. */
  readonly title: string
  readonly theme: 'light' | 'dark'
  readonly answers: Answers
  /** What stands behind `#` in the app's address. */
  readonly path: string
  /** Goes on from there to what the mockup shows. */
  readonly act?: (page: Page) => Promise<void>
  /** What is there when all of it is. */
  readonly ready: string
  readonly boxes: readonly Box[]
}

/** All of them, in the order of the mockups. */
export const pairs: readonly Pair[] = [...appPairs, ...placePairs, ...taskPairs, ...sheetPairs].sort(
  (a, b) => (a.name < b.name ? -1 : 1),
)
