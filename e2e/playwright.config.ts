import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'
import { electronProgram } from './fixtures/open-electron.ts'

/** Debian's browser, or the one of this variable; none is downloaded. */
const executablePath = process.env['HOLDFAST_BROWSER'] ?? '/usr/bin/chromium'
if (!existsSync(executablePath))
  throw new Error(`There is no ${executablePath}. Install Chromium, or name one in HOLDFAST_BROWSER.`)

export default defineConfig({
  testDir: import.meta.dirname,
  projects: [
    { name: 'browser', testMatch: '*.spec.ts' },
    electronProgram() === null
      ? { name: 'desktop', testMatch: 'desktop/no-electron.ts' }
      : {
          name: 'desktop',
          testMatch: '*.spec.ts',
          testIgnore: 'visual.spec.ts',
          use: { shell: 'desktop' } as object,
        },
  ],
  outputDir: '../test-results',
  snapshotPathTemplate: '{testDir}/snapshots/{arg}{ext}',
  fullyParallel: true,
  workers: 2,
  timeout: 600_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    viewport: { width: 1280, height: 820 },
    timezoneId: 'UTC',
    locale: 'en-GB',
    reducedMotion: 'reduce',
    launchOptions: { executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] },
  } as object,
})
