import type { Locator, Page } from '@playwright/test'

/** The section of the settings that says who is told. */
export class AlertsPage {
  readonly section: Locator
  readonly form: Locator
  readonly add: Locator
  /** What is said beside the button. */
  readonly said: Locator
  readonly question: Locator

  constructor(page: Page) {
    this.section = page.getByRole('region', { name: 'Alerts' })
    this.form = this.section.getByRole('form', { name: 'Tell somebody' })
    this.add = this.form.getByRole('button', { name: 'Add' })
    this.said = this.form.locator('.callout')
    this.question = page.getByRole('alertdialog')
  }

  async open(): Promise<void> {
    await this.section.getByText('Tell somebody', { exact: true }).click()
  }

  row(name: string): Locator {
    return this.section
      .getByRole('list', { name: 'Who is told' })
      .getByRole('listitem')
      .filter({ hasText: name })
  }

  field(label: string): Locator {
    return this.form
      .getByLabel(new RegExp(`^${label}(\\soptional)?$`))
      .and(this.form.locator('input, textarea'))
  }

  /** Types, and leaves the field. */
  async type(label: string, text: string): Promise<void> {
    await this.field(label).fill(text)
    await this.field(label).blur()
  }

  /** What is said about a field. */
  async saidOf(label: string): Promise<string> {
    const id = await this.field(label).getAttribute('aria-describedby')
    return id === null ? '' : this.form.locator(`[id="${id}"]`).innerText()
  }

  choose(name: string): Locator {
    return this.form.getByRole('radio', { name, exact: true })
  }

  test(name: string): Locator {
    return this.section.getByRole('button', { name: `Send a test to ${name}` })
  }

  remove(name: string): Locator {
    return this.section.getByRole('button', { name: `Remove ${name}…` })
  }
}
