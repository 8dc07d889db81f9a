import type { Locator, Page } from '@playwright/test'

/** The backups of one source. */
export class BackupsPage {
  readonly page: Page
  readonly grid: Locator
  readonly days: Locator
  readonly selected: Locator
  readonly backUp: Locator

  constructor(page: Page) {
    this.page = page
    this.grid = page.getByRole('grid')
    this.days = page.getByRole('slider')
    this.selected = page.getByRole('complementary', { name: 'Selected backup' })
    this.backUp = page.getByRole('button', { name: 'Back up now' })
  }

  row(archive: string): Locator {
    return this.grid.getByRole('row').filter({ hasText: archive })
  }

  filter(name: string): Locator {
    return this.page.getByRole('radio', { name })
  }

  more(archive: string): Locator {
    return this.page.getByRole('button', { name: `More about ${archive}` })
  }
}
