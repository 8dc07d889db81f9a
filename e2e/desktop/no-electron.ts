import { test } from '@playwright/test'

test('the same specs in the desktop window', () => {
  test.skip(
    true,
    'There is no Electron on this machine: name the folder of one in ELECTRON_OVERRIDE_DIST_PATH, or run npx install-electron.',
  )
})
