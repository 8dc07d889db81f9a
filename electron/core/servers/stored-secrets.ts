import type { ServerSecrets } from '../../../shared/contract.ts'
import type { Server } from '../../../shared/model/server.ts'
import type { SecretStore } from '../ports.ts'
import { Secret } from '../secrets/secret.ts'
import type { LoginSecrets } from './login.ts'

const kinds = ['password', 'keyPassphrase', 'sudoPassword'] as const

const keyOf = (serverId: string, kind: (typeof kinds)[number]): string => `server/${serverId}/${kind}`

/** What a profile keeps secret, in the keychain or vault under the profile's id. */
export class StoredServerSecrets implements LoginSecrets {
  readonly #store: SecretStore
  readonly #lent = new Map<string, Secret>()

  constructor(store: SecretStore) {
    this.#store = store
  }

  /** Asked only where the profile says that there is one, so that a locked store stops nobody else. */
  async password(server: Server): Promise<Secret | null> {
    return server.auth.kind === 'password' ? this.#get(keyOf(server.id, 'password')) : null
  }

  async keyPassphrase(server: Server): Promise<Secret | null> {
    return server.auth.kind === 'key' && server.auth.passphrase === true
      ? this.#get(keyOf(server.id, 'keyPassphrase'))
      : null
  }

  async sudoPassword(server: Server): Promise<Secret | null> {
    return server.elevation === 'sudo-password' ? this.#get(keyOf(server.id, 'sudoPassword')) : null
  }

  /** Has a password in memory until this process ends, instead of storing it. */
  lend(serverId: string, password: Secret): void {
    this.#lent.set(keyOf(serverId, 'password'), password)
  }

  /** Stores what was given and leaves the rest. */
  async keep(serverId: string, secrets: ServerSecrets): Promise<void> {
    for (const kind of kinds) {
      const value = secrets[kind]
      if (value !== undefined) await this.#store.set(keyOf(serverId, kind), new Secret(value))
    }
  }

  /** Asks the store only where the profile says that something is there. */
  async forget(server: Server): Promise<void> {
    if (this.#lent.delete(keyOf(server.id, 'password'))) return
    if (server.auth.kind === 'password') await this.#store.delete(keyOf(server.id, 'password'))
    if (server.auth.kind === 'key' && server.auth.passphrase === true) {
      await this.#store.delete(keyOf(server.id, 'keyPassphrase'))
    }
    if (server.elevation === 'sudo-password') await this.#store.delete(keyOf(server.id, 'sudoPassword'))
  }

  async #get(key: string): Promise<Secret | null> {
    return this.#lent.get(key) ?? this.#store.get(key)
  }
}

/** Secrets that were just typed and are not stored yet. */
export function givenSecrets(
  secrets: ServerSecrets,
): LoginSecrets & Pick<StoredServerSecrets, 'sudoPassword'> {
  const wrap = (value: string | undefined) => Promise.resolve(value === undefined ? null : new Secret(value))
  return {
    password: () => wrap(secrets.password),
    keyPassphrase: () => wrap(secrets.keyPassphrase),
    sudoPassword: () => wrap(secrets.sudoPassword),
  }
}
