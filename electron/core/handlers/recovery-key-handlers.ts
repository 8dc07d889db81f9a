import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import { recoverySheet } from '../encryption/recovery-sheet.ts'
import { Secret } from '../secrets/secret.ts'
import { readAgain } from './read-again.ts'

type RecoveryKeyHandlers = Pick<
  Handlers,
  | 'recoveryKey.status'
  | 'recoveryKey.create'
  | 'recoveryKey.sheet'
  | 'recoveryKey.confirm'
  | 'recoveryKey.check'
  | 'recoveryKey.use'
>

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
      await readAgain(app, { signal })
      return { status, backups: app.catalog.list().length }
    },
  }
}
