import { AsyncEntry } from '@napi-rs/keyring'
import { AppError } from '../../../shared/errors.ts'
import type { SecretStore } from '../ports.ts'
import { Secret } from './secret.ts'

/** Long enough for a person to type the keychain's password into its prompt, in milliseconds. */
const patience = 120_000

const notStored = 'Nothing was stored in the clear.'

function unavailable(cause?: unknown): AppError {
  return new AppError(
    'secrets-unavailable',
    `No keychain answers in this session. ${notStored} Use the desktop session, or a vault: holdfast secrets set-passphrase.`,
    { cause },
  )
}

function locked(cause?: unknown): AppError {
  return new AppError(
    'secrets-locked',
    `The keychain is locked or did not open. What it holds is unchanged, and ${notStored.toLowerCase()} Unlock it, then try again.`,
    { cause },
  )
}

/**
 * The keychain of the operating system: Keychain, Credential Manager, or the Secret Service, which is pinned because
 * the library would otherwise fall back to the kernel's keyring, which forgets everything and does not say so.
 * What is set is read back before it counts as kept.
 * @param options.service under which name secrets are filed, `holdfast` by default
 */
export function openKeychain(
  options: { readonly service?: string; readonly timeout?: number } = {},
): SecretStore {
  const { service = 'holdfast', timeout = patience } = options

  /** Connecting is what makes an entry; only what comes after can fail for being locked. */
  const ask = async <T>(key: string, question: (entry: AsyncEntry, signal: AbortSignal) => Promise<T>) => {
    let entry: AsyncEntry
    try {
      entry = new AsyncEntry(service, key, { linux: { store: 'secret-service' } })
    } catch (error) {
      throw unavailable(error)
    }
    try {
      return await inTime(timeout, (signal) => question(entry, signal))
    } catch (error) {
      throw locked(error)
    }
  }
  const read = (key: string) => ask(key, (entry, signal) => entry.getPassword(signal))

  return {
    kind: 'keychain',
    async get(key) {
      const value = await read(key)
      return value === null ? null : new Secret(value)
    },
    async set(key, secret) {
      await ask(key, (entry, signal) => entry.setPassword(secret.reveal(), signal))
      if ((await read(key)) !== secret.reveal()) throw unavailable()
    },
    async delete(key) {
      await ask(key, (entry, signal) => entry.deletePassword(signal))
    },
  }
}

/** Ends the wait even where the call itself cannot be interrupted. */
async function inTime<T>(timeout: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(timeout)
  const expired = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(locked(signal.reason)), { once: true })
  })
  return Promise.race([work(signal), expired])
}
