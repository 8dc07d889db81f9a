import { AppError } from '../../../shared/errors.ts'
import type { App } from '../app.ts'
import { readDestination } from '../backups/read-destination.ts'
import type { Handlers } from '../dispatch.ts'
import { recoverySheet } from '../encryption/recovery-sheet.ts'
import { Secret } from '../secrets/secret.ts'

type RecoveryKeyHandlers = Pick<
  Handlers,
  | 'recoveryKey.status'
  | 'recoveryKey.create'
  | 'recoveryKey.sheet'
  | 'recoveryKey.confirm'
  | 'recoveryKey.check'
  | 'recoveryKey.use'
>

/** Reads destinations anew that had what could not be read. What fails now stays listed as it was. */
async function readAgain(app: App, signal: AbortSignal): Promise<void> {
  for (const name of new Set(app.catalog.unreadable().map(({ destination }) => destination))) {
    try {
      await using open = await app.destinations.connect(name, { signal })
      await readDestination(open, { ...app.ports, catalog: app.catalog }, { signal })
    } catch (error) {
      if (!(error instanceof AppError) || signal.aborted) throw error
    }
  }
}

/** The keys that backups are encrypted with. */
export function recoveryKeyHandlers(app: App): RecoveryKeyHandlers {
  const { encryption, ports } = app
  const facts = () => ({ app: ports.app, now: ports.clock.now() })
  return {
    'recoveryKey.status': () => Promise.resolve(encryption.status()),
    'recoveryKey.create': async () => {
      const identity = await encryption.createRecovery()
      return { status: encryption.status(), sheet: recoverySheet(identity, facts()) }
    },
    'recoveryKey.sheet': async () => ({
      sheet: recoverySheet(await encryption.pendingRecovery(), facts()),
    }),
    'recoveryKey.confirm': ({ key }) => encryption.confirmRecovery(new Secret(key)),
    'recoveryKey.check': async ({ key }) => ({ opens: await encryption.checkRecovery(new Secret(key)) }),
    'recoveryKey.use': async ({ key }, { signal }) => {
      const status = await encryption.useRecovery(new Secret(key))
      await readAgain(app, signal)
      return { status, backups: app.catalog.list().length }
    },
  }
}
