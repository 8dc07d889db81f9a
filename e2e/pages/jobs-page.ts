import type { Locator, Page } from '@playwright/test'

/** The jobs: their list, one job's page, and the drawer. */
export class JobsPage {
  readonly page: Page
  readonly drawer: Locator
  readonly log: Locator
  readonly whole: Locator
  readonly components: Locator
  readonly question: Locator

  constructor(page: Page) {
    this.page = page
    this.drawer = page.getByRole('region', { name: 'Jobs' })
    this.log = page.getByRole('log')
    this.whole = page.getByRole('progressbar', { name: 'Whole job' })
    this.components = page.getByRole('table', { name: 'What the backup holds' })
    this.question = page.getByRole('alertdialog', { name: 'Cancel this job' })
  }

  /** The row of a job, in the list or the drawer. */
  row(title: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('link', { name: title }) })
  }
}
