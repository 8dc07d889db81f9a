import type { Locator, Page } from '@playwright/test'

/** What is around every screen. */
export class Frame {
  readonly page: Page
  readonly heading: Locator
  readonly banner: Locator
  readonly messages: Locator

  constructor(page: Page) {
    this.page = page
    this.heading = page.getByRole('heading', { level: 1 })
    this.banner = page.getByRole('alert').filter({ hasText: 'does not answer' })
    this.messages = page.getByRole('region', { name: 'Messages' })
  }

  /** The entry of a screen or a server in the sidebar. */
  entry(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Main' }).getByRole('link').filter({ hasText: name })
  }
}
