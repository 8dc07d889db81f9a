import type { Locator, Page } from '@playwright/test'

/** The task that adds a server. */
export class AddServerPage {
  readonly page: Page
  readonly title: Locator
  readonly connect: Locator
  readonly trust: Locator
  readonly expected: Locator
  readonly fingerprint: Locator

  constructor(page: Page) {
    this.page = page
    this.title = page.getByRole('main').getByRole('heading', { level: 2 })
    this.connect = page.getByRole('button', { name: 'Connect', exact: true })
    this.trust = page.getByRole('button', { name: 'Trust this key' })
    this.expected = page.getByLabel('Paste the fingerprint you expect')
    this.fingerprint = page.locator('.fingerprint').first()
  }

  field(label: string): Locator {
    return this.page.getByRole('textbox', { name: label, exact: true })
  }

  /** What is said about a field. */
  async said(label: string): Promise<string> {
    const id = await this.field(label).getAttribute('aria-describedby')
    return id === null ? '' : this.page.locator(`[id="${id}"]`).innerText()
  }

  step(name: string): Locator {
    return this.page.getByRole('listitem').filter({ hasText: name })
  }

  async fill(login: {
    readonly port: number
    readonly password: string
    readonly name: string
  }): Promise<void> {
    await this.field('Host name or IP address').fill('127.0.0.1')
    await this.field('Port').fill(String(login.port))
    await this.field('Name in Holdfast').fill(login.name)
    await this.page.getByRole('radio', { name: 'Password', exact: true }).check()
    await this.field('Password').fill(login.password)
  }

  /** Adds a server that is reached by a password, and looks at its accounts. */
  async add(login: Parameters<AddServerPage['fill']>[0]): Promise<void> {
    await this.page.getByRole('button', { name: 'Add server' }).click()
    await this.fill(login)
    await this.connect.click()
    await this.trust.click()
    await this.page.getByRole('button', { name: 'Choose accounts to back up' }).click({ timeout: 180_000 })
  }
}
