import { existsSync } from 'node:fs'
import { extname, join } from 'node:path'
import { app } from 'electron'
import { Desktop } from './desktop.ts'
import { refusedSwitch } from './guards.ts'
import { registerPageScheme } from './page-protocol.ts'
import { lookForUpdates } from './updates.ts'

const here = import.meta.dirname
const root = join(here, '../../../..')

const paths = {
  page: join(root, 'dist/renderer'),
  preload: join(root, 'dist/desktop/preload/preload.cjs'),
  core: join(here, `../headless/desktop-core${extname(import.meta.filename)}`),
  trayIcons: join(root, 'build/icons/tray'),
}

/** Beside Chromium's own files, which must not lie among ours. */
function windowFolder(): string {
  const data = process.env['HOLDFAST_DATA']
  return data === undefined ? join(app.getPath('appData'), 'Holdfast window') : join(data, 'window')
}

app.setPath('userData', windowFolder())
app.enableSandbox()
registerPageScheme()
const refused = refusedSwitch()
if (refused !== null) {
  process.stderr.write(`Holdfast does not start with --${refused}.\n`)
  app.exit(2)
} else if (!existsSync(paths.preload)) {
  process.stderr.write(
    'The window has not been built yet. Nothing was started; build it first: npm run build:desktop\n',
  )
  app.exit(4)
} else if (app.requestSingleInstanceLock()) {
  void app.whenReady().then(async () => {
    await Desktop.start(paths)
    await lookForUpdates({ resources: process.resourcesPath })
  })
} else {
  app.quit()
}
