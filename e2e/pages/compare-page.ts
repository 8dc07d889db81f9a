import type { Locator, Page } from '@playwright/test'

/** Two versions of a file, held against each other. */
export class ComparePage {
  readonly page: Page
  readonly lines: Locator
  readonly older: Locator
  readonly newer: Locator

  constructor(page: Page) {
    this.page = page
    this.lines = page.getByRole('table', { name: 'Differences' })
    this.older = page.getByRole('combobox', { name: 'Older version' })
    this.newer = page.getByRole('combobox', { name: 'Newer version' })
  }

  /** The lines that begin with a sign. */
  line(text: string): Locator {
    return this.lines.getByRole('row').filter({ hasText: text })
  }
}
