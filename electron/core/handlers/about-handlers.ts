import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import { ssh2AddonInUse } from '../servers/addon.ts'

/** What this copy of the product is. */
export function aboutHandlers({ ports }: App): Pick<Handlers, 'about.show'> {
  return {
    'about.show': async () => ({
      name: ports.app,
      dataFolder: ports.dataFolder,
      backupFolder: ports.backupFolder,
      ssh2Addon: ssh2AddonInUse(),
    }),
  }
}
