import type { Locator, Page } from '@playwright/test'

/** The overview, with servers or without. */
export class OverviewPage {
  readonly tally: Locator
  readonly tryPractice: Locator
  readonly backUp: Locator
  /** Copies that backups lack. */
  readonly waitingList: Locator
  readonly rail: Locator
  readonly page: Page

  constructor(page: Page) {
    this.page = page
    this.tally = page.locator('#tally')
    this.tryPractice = page.getByRole('button', { name: 'Try it with the practice server' })
    this.backUp = page.getByRole('button', { name: 'Back up now' }).first()
    this.waitingList = page.getByRole('table', { name: 'Copies that wait' })
    this.rail = page.getByRole('complementary', { name: 'Activity and storage' })
  }

  /** The copy of a source's backup that waits. */
  waiting(source: string): Locator {
    return this.waitingList.getByRole('row').filter({ hasText: source })
  }

  /** The button that makes a copy at a place now. */
  tryNow(destination: string): Locator {
    return this.waitingList.getByRole('button', { name: new RegExp(`^Copy \\S+ to ${destination} now$`) })
  }

  /** The row of a source, in any of the tables. */
  row(source: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByText(source, { exact: true }) })
  }
}
