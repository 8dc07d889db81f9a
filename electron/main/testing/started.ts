import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Desktop as Bridge } from '../../../shared/desktop.ts'
import '../../preload/preload.ts'
import { Desktop } from '../desktop.ts'
import * as electron from './electron.ts'

const root = join(import.meta.dirname, '../../..')

export interface Started extends AsyncDisposable {
  readonly page: Bridge
  readonly window: electron.BrowserWindow
  readonly folder: string
}

/** The desktop over the stand-in, once a process: with the real preload, and the core's program that is given. */
export async function startDesktop(core: string): Promise<Started> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-desktop-'))
  await mkdir(join(folder, 'page'))
  await writeFile(join(folder, 'page', 'index.html'), '<!doctype html><title>Holdfast</title>')
  electron.app.setPath('userData', join(folder, 'window'))
  Object.assign(process.env, {
    HOLDFAST_DATA: join(folder, 'data'),
    HOLDFAST_BACKUPS: join(folder, 'backups'),
    XDG_CONFIG_HOME: join(folder, 'config'),
  })
  await Desktop.start({
    page: join(folder, 'page'),
    preload: join(root, 'electron/preload/preload.ts'),
    core: join(root, core),
    trayIcons: join(root, 'build/icons/tray'),
  })
  const [window] = electron.BrowserWindow.all
  if (window === undefined) throw new Error('No window was opened.')
  return {
    ...{ page: electron.exposed['holdfast'] as Bridge, window, folder },
    [Symbol.asyncDispose]: async () => {
      for (const child of electron.utilityProcess.processes) child.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
