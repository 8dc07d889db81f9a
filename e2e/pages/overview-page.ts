import type { Locator, Page } from '@playwright/test'

/** The overview, with servers or without. */
export class OverviewPage {
  readonly tally: Locator
  readonly tryPractice: Locator
  readonly backUp: Locator
  readonly page: Page

  constructor(page: Page) {
    this.page = page
    this.tally = page.locator('#tally')
    this.tryPractice = page.getByRole('button', { name: 'Try it with the practice server' })
    this.backUp = page.getByRole('button', { name: 'Back up now' }).first()
  }

  /** The row of a source, in any of the tables. */
  row(source: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByText(source, { exact: true }) })
  }
}
