import type { Locator, Page } from '@playwright/test'

/** What belongs to a source. */
export class SourceSettingsPage {
  readonly page: Page
  readonly save: Locator
  readonly changes: Locator

  constructor(page: Page) {
    this.page = page
    this.save = page.getByRole('button', { name: 'Save changes' })
    this.changes = page.getByRole('region', { name: 'Changes' })
  }

  /** `Folders`, `Databases`, `Mailboxes`, `Left out`, `Known gaps`. */
  section(name: string): Locator {
    return this.page.getByRole('region', { name })
  }

  choice(name: string): Locator {
    return this.page.getByRole('checkbox', { name: `Back up ${name}` })
  }

  async add(section: string, word: string): Promise<void> {
    await this.section(section).getByRole('textbox').fill(word)
    await this.section(section).getByRole('button', { name: 'Add', exact: true }).first().click()
  }
}
