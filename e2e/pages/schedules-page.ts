import type { Locator, Page } from '@playwright/test'

/** What runs by itself: the list, and one schedule. */
export class SchedulesPage {
  readonly page: Page
  readonly create: Locator
  readonly save: Locator
  readonly list: Locator
  /** What is said beside the buttons. */
  readonly said: Locator
  readonly runs: Locator
  readonly goes: Locator

  constructor(page: Page) {
    this.page = page
    this.create = page.getByRole('button', { name: 'New schedule' }).first()
    this.save = page.getByRole('button', { name: 'Save schedule' })
    this.list = page.getByRole('navigation', { name: 'Schedules' })
    this.said = page.getByRole('region', { name: 'Changes' }).getByRole('alert')
    this.runs = page.getByRole('complementary', { name: 'Runs' })
    this.goes = page.getByRole('region', { name: 'What goes when' })
  }

  entry(name: string): Locator {
    return this.list.getByRole('link').filter({ hasText: name })
  }

  field(label: string): Locator {
    return this.page.getByRole('textbox', { name: label, exact: true })
  }

  /** What of a server is backed up. */
  of(server: string): Locator {
    return this.page.getByRole('combobox', { name: server, exact: true })
  }

  part(name: 'What' | 'When' | 'If missed' | 'Where' | 'Keep' | 'More'): Locator {
    return this.page.getByRole('region', { name, exact: true })
  }
}
