import type { AlertSecrets } from '../../../shared/alert-contract.ts'
import { AppError } from '../../../shared/errors.ts'
import type { AlertChannel, AlertChannelDraft } from '../../../shared/model/alert.ts'
import type { SecretStore } from '../ports.ts'
import { Secret } from '../secrets/secret.ts'

type Kind = keyof AlertSecrets
const kinds: readonly Kind[] = ['password', 'signing', 'header']

/** The secrets that a channel has. */
function neededBy(channel: AlertChannelDraft | AlertChannel): ReadonlySet<Kind> {
  if (channel.kind === 'mail') return new Set<Kind>(channel.user === null ? [] : ['password'])
  const { signed, header } = channel
  return new Set<Kind>([
    ...(signed ? (['signing'] as const) : []),
    ...(header === null ? [] : (['header'] as const)),
  ])
}

/** Throws `invalid-input` where a secret is missing, or there is one that the channel has no use for. */
export function requireSecrets(channel: AlertChannelDraft, secrets: AlertSecrets): void {
  const needed = neededBy(channel)
  for (const kind of kinds) {
    if (needed.has(kind) === (secrets[kind] !== undefined)) continue
    const what = { password: 'password', signing: 'secret that signs', header: 'value of the header' }[kind]
    throw new AppError(
      'invalid-input',
      needed.has(kind)
        ? `The ${what} is missing. Nothing was changed.`
        : `Nothing needs a ${what} here. Nothing was changed.`,
    )
  }
}

/** What channels keep secret, in the keychain or vault under the channel's id. */
export class StoredAlertSecrets {
  readonly #store: SecretStore

  constructor(store: SecretStore) {
    this.#store = store
  }

  /** Null where the channel has none. Throws `auth-failed` where it is not stored here any more, and as the store does. */
  async get(channel: AlertChannel, kind: Kind): Promise<Secret | null> {
    if (!neededBy(channel).has(kind)) return null
    const found = await this.#store.get(keyOf(channel.id, kind))
    if (found !== null) return found
    throw new AppError(
      'auth-failed',
      `A secret of ${channel.name} is not stored on this computer, so nothing was sent. Remove it and add it again.`,
    )
  }

  async keep(id: string, secrets: AlertSecrets): Promise<void> {
    for (const kind of kinds) {
      const value = secrets[kind]
      if (value !== undefined) await this.#store.set(keyOf(id, kind), new Secret(value))
    }
  }

  async forget(channel: AlertChannel): Promise<void> {
    for (const kind of neededBy(channel)) await this.#store.delete(keyOf(channel.id, kind))
  }
}

const keyOf = (id: string, kind: Kind): string => `alert/${id}/${kind}`
