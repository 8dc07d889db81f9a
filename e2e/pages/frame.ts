import type { Locator, Page } from '@playwright/test'

/** What is around every screen. */
export class Frame {
  readonly page: Page
  readonly heading: Locator
  readonly banner: Locator
  readonly messages: Locator
  /** What a server asks while somebody logs in. */
  readonly prompt: Locator
  readonly palette: Locator
  readonly menu: Locator

  constructor(page: Page) {
    this.page = page
    this.heading = page.getByRole('heading', { level: 1 })
    this.banner = page.getByRole('alert').filter({ hasText: 'does not answer' })
    this.messages = page.getByRole('region', { name: 'Messages' })
    this.prompt = page.getByRole('alertdialog', { name: /^How do you answer/ })
    this.palette = page.getByRole('dialog', { name: 'Search or jump to' })
    this.menu = page.getByRole('menu')
  }

  /** The entry of a screen or a server in the sidebar. */
  entry(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Main' }).getByRole('link').filter({ hasText: name })
  }
}
