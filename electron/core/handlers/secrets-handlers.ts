import type { App } from '../app.ts'
import type { Handlers } from '../dispatch.ts'
import { Secret } from '../secrets/secret.ts'
import { readAgain } from './read-again.ts'

type SecretsHandlers = Pick<
  Handlers,
  'secrets.status' | 'secrets.unlock' | 'secrets.lock' | 'secrets.setPassphrase'
>

/** The keychain and the vault. */
export function secretsHandlers(app: App): SecretsHandlers {
  const { secrets, encryption, events } = app
  const told = <T>(status: T): T => {
    events.publish({ type: 'secrets.changed' })
    return status
  }
  return {
    'secrets.status': async () => secrets.status(),
    'secrets.unlock': async ({ passphrase }, { signal }) => {
      const status = told(await secrets.unlock(new Secret(passphrase)))
      await readAgain(app, { signal })
      return status
    },
    'secrets.lock': async () => {
      encryption.lock()
      return told(await secrets.lock())
    },
    'secrets.setPassphrase': async ({ passphrase, current }) =>
      told(
        await secrets.setPassphrase(new Secret(passphrase), current === null ? null : new Secret(current)),
      ),
  }
}
