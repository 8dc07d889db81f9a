import type { Locator, Page } from '@playwright/test'

/** The contents of one backup. */
export class ArchivePage {
  readonly page: Page
  readonly tree: Locator
  readonly search: Locator
  readonly rows: Locator
  readonly details: Locator
  readonly history: Locator

  constructor(page: Page) {
    this.page = page
    this.tree = page.getByRole('tree', { name: 'Folders of the archive' })
    this.search = page.getByRole('searchbox', { name: 'Search this backup' })
    this.rows = page.getByRole('row')
    this.details = page.getByRole('complementary', { name: 'Details' })
    this.history = page.getByRole('region', { name: 'History' })
  }

  folder(name: string): Locator {
    return this.tree.getByRole('treeitem', { name, exact: true })
  }

  entry(name: string): Locator {
    return this.page.getByRole('row').getByRole('button', { name })
  }

  row(name: string): Locator {
    return this.rows.filter({ has: this.page.getByRole('button', { name, exact: true }) })
  }
}
