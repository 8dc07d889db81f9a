import type { SecretStore } from '../ports.ts'
import type { Secret } from './secret.ts'

/** A store for tests and for one run: forgets everything when the process ends. */
export function openMemorySecrets(): SecretStore {
  const secrets = new Map<string, Secret>()
  return {
    kind: 'memory',
    get: (key) => Promise.resolve(secrets.get(key) ?? null),
    set: (key, secret) => {
      secrets.set(key, secret)
      return Promise.resolve()
    },
    delete: (key) => {
      secrets.delete(key)
      return Promise.resolve()
    },
  }
}
