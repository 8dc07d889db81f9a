import { AppError } from '../../../../shared/errors.ts'
import type { SecretStore } from '../../ports.ts'
import { openMemorySecrets } from '../memory.ts'

export type KeychainMood = 'works' | 'locked' | 'absent' | 'forgetful'

/** A keychain whose mood a test changes; what it holds stays. `forgetful` keeps nothing and does not say so. */
export function moodyKeychain(mood: KeychainMood) {
  const memory = openMemorySecrets()
  const ask = async <T>(answer: () => Promise<T>, forgotten: T): Promise<T> => {
    switch (keychain.mood) {
      case 'works':
        return answer()
      case 'locked':
        throw new AppError('secrets-locked', 'The keychain is locked.')
      case 'absent':
        throw new AppError('secrets-unavailable', 'There is no keychain.')
      case 'forgetful':
        return Promise.resolve(forgotten)
    }
  }
  const store: SecretStore = {
    kind: 'keychain',
    get: (key) => ask(() => memory.get(key), null),
    set: (key, secret) => ask(() => memory.set(key, secret), undefined),
    delete: (key) => ask(() => memory.delete(key), undefined),
  }
  const keychain = { mood, store }
  return keychain
}
