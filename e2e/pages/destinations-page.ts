import type { Locator, Page } from '@playwright/test'

/** Where copies lie: the list, one place, and the task that adds one. */
export class DestinationsPage {
  readonly page: Page
  readonly add: Locator
  readonly test: Locator
  /** How a test of a place went. */
  readonly panel: Locator
  readonly hostKey: Locator
  /** What is said beside the buttons. */
  readonly said: Locator
  readonly ceremony: Locator

  constructor(page: Page) {
    this.page = page
    this.add = page.getByRole('button', { name: 'Add destination' })
    this.test = page.getByRole('button', { name: 'Test connection' }).last()
    this.panel = page.getByRole('region', { name: 'Connection test' })
    this.hostKey = page.getByRole('region', { name: 'Host key' })
    this.said = page.locator('.action-bar').getByRole('alert')
    this.ceremony = page.getByRole('alertdialog')
  }

  row(name: string): Locator {
    return this.page
      .getByRole('table', { name: 'Destinations' })
      .getByRole('row')
      .filter({ has: this.page.getByRole('link', { name, exact: true }) })
  }

  kind(name: 'Local disk' | 'Amazon S3' | 'Backblaze B2' | 'SFTP'): Locator {
    return this.page.getByRole('radio', { name })
  }

  field(label: string): Locator {
    return this.page.getByLabel(new RegExp(`^${label}(\\soptional)?$`)).and(this.page.locator('input'))
  }

  /** What is said about a field. */
  async saidOf(label: string): Promise<string> {
    const id = await this.field(label).getAttribute('aria-describedby')
    return id === null ? '' : this.page.locator(`[id="${id}"]`).innerText()
  }
}
