import type { Locator, Page } from '@playwright/test'

/** One server with its accounts. */
export class ServerPage {
  readonly page: Page
  readonly filter: Locator
  readonly selection: Locator

  constructor(page: Page) {
    this.page = page
    this.filter = page.getByRole('searchbox', { name: 'Filter accounts' })
    this.selection = page.getByRole('region', { name: 'Selection' })
  }

  row(account: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByText(account, { exact: true }) })
  }

  select(account: string): Locator {
    return this.page.getByRole('checkbox', { name: `Select ${account}` })
  }

  scopes(account: string): Locator {
    return this.page.getByRole('button', { name: `Choose what to back up of ${account}` })
  }
}
