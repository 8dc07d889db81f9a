import { expect, type Locator, type Page } from '@playwright/test'

/** The task that restores a backup, and what became of it. */
export class RestorePage {
  readonly page: Page
  readonly title: Locator
  readonly continue: Locator
  readonly review: Locator
  readonly plan: Locator
  readonly names: Locator
  readonly steps: Locator
  readonly question: Locator
  readonly report: Locator
  readonly way: Locator

  constructor(page: Page) {
    this.page = page
    this.title = page.getByRole('main').getByRole('heading', { level: 2 }).first()
    this.continue = page.getByRole('button', { name: 'Continue', exact: true })
    this.review = page.getByRole('button', { name: 'Review the plan' })
    this.plan = page.getByRole('table', { name: 'What will happen' })
    this.names = page.getByRole('table', { name: 'Names on the target' })
    this.steps = page.getByRole('navigation', { name: 'Restore: steps' })
    this.question = page.getByRole('alertdialog')
    this.way = page.getByRole('table', { name: 'Steps of the restore' })
    this.report = page.getByRole('table', { name: 'What came back' })
  }

  option(name: string): Locator {
    return this.page.getByRole('radio', { name, exact: true })
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name })
  }

  account(): Locator {
    return this.page.getByRole('combobox', { name: 'Account' })
  }

  /** The field for the new name of something in the backup. */
  name(from: string | RegExp): Locator {
    const name =
      typeof from === 'string' ? `New name for ${from}` : new RegExp(`^New name for .*${from.source}`)
    return this.page.getByRole('textbox', { name })
  }

  /** Presses Tab until something has the focus; fails where nothing of that kind ever has. */
  async tabTo(role: 'radio' | 'treeitem' | 'checkbox' | 'combobox' | 'button', name: string): Promise<void> {
    const wanted = this.page.getByRole(role, { name, exact: true })
    const isThere = async () => (await wanted.and(this.page.locator(':focus')).count()) > 0
    for (let at = 0; at < 60 && !(await isThere()); at += 1) await this.page.keyboard.press('Tab')
    await expect(wanted).toBeFocused()
  }

  /** Types the target's name and says yes. */
  async confirm(name: string, verb: string): Promise<void> {
    const yes = this.question.getByRole('button', { name: verb })
    await this.question.getByRole('textbox').fill(name)
    await yes.click()
  }
}
