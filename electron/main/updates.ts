import { existsSync } from 'node:fs'
import { join } from 'node:path'
import updater from 'electron-updater'

/** Written into the package by electron-builder where a feed is configured, which none is yet. */
const feedFile = 'app-update.yml'

/** Looks for a new version where the package has a feed. It is downloaded, and installed when the program is quit. */
export async function lookForUpdates({
  resources,
}: {
  readonly resources: string
}): Promise<'no-feed' | 'looked'> {
  if (!existsSync(join(resources, feedFile))) return 'no-feed'
  const { autoUpdater } = updater
  autoUpdater.autoInstallOnAppQuit = true
  await autoUpdater.checkForUpdatesAndNotify()
  return 'looked'
}
