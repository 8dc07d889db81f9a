import { describe, expect, test, vi } from 'vitest'
import { openKeychain } from './keychain.ts'
import { Secret } from './secret.ts'

/** A keychain that takes everything, keeps nothing, and hangs for the key `slow`. */
vi.mock('@napi-rs/keyring', () => ({
  AsyncEntry: class {
    readonly key: string
    constructor(_service: string, key: string) {
      this.key = key
    }
    setPassword() {
      return Promise.resolve()
    }
    getPassword() {
      return this.key === 'slow' ? new Promise(() => undefined) : Promise.resolve(null)
    }
    deletePassword() {
      return Promise.resolve(false)
    }
  },
}))

describe('a keychain that cannot be trusted', () => {
  const keychain = openKeychain({ timeout: 50 })

  test('is found out when it does not give back what it took', async () => {
    await expect(keychain.set('a', new Secret('x'))).rejects.toMatchObject({ code: 'secrets-unavailable' })
  })

  test('that does not answer counts as locked', async () => {
    await expect(keychain.get('slow')).rejects.toMatchObject({ code: 'secrets-locked' })
  })

  test('may be told to delete what it does not have', async () => {
    await keychain.delete('a')
  })
})
