import { chmod, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Secrets } from './choose.ts'
import { Secret } from './secret.ts'
import { moodyKeychain } from './testing/keychains.ts'

const canary = 'CANARY-77aa-password'
const passphrase = new Secret('correct horse battery')

describe('where secrets are kept', () => {
  let folder: string
  let file: string
  const warnings: string[] = []

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-secrets-'))
    file = `${folder}.passphrase`
    await writeFile(file, `${passphrase.reveal()}\n`, { mode: 0o600 })
    warnings.length = 0
  })
  afterEach(async () => {
    for (const name of await readdir(folder)) {
      expect(await readFile(join(folder, name), 'latin1')).not.toContain(canary)
    }
    await rm(folder, { recursive: true })
    await rm(file)
  })

  const open = (keychain: ReturnType<typeof moodyKeychain>, passphraseFile: string | null = null) =>
    Secrets.open({
      dataFolder: folder,
      keychain: keychain.store,
      passphraseFile,
      cost: { N: 2 ** 8, r: 8, p: 1 },
      log: { write: (_level, text) => void warnings.push(text) },
    })

  test('the keychain, where it works, and then nothing of it is in the data folder', async () => {
    const secrets = await open(moodyKeychain('works'), file)
    await secrets.set('a', new Secret(canary))
    expect((await secrets.get('a'))?.reveal()).toBe(canary)
    expect(await secrets.status()).toEqual({ store: 'keychain', state: 'ready', advice: null })
    expect(secrets.kind).toBe('keychain')
    expect(await readdir(folder)).toEqual([])
    await secrets.delete('a')
    expect(await secrets.get('a')).toBeNull()
  })

  test.each(['absent', 'locked', 'forgetful'] as const)(
    'a vault, where the keychain is %s and a passphrase file is there',
    async (mood) => {
      const secrets = await open(moodyKeychain(mood), file)
      await secrets.set('a', new Secret(canary))
      const again = await open(moodyKeychain(mood), file)
      expect((await again.get('a'))?.reveal()).toBe(canary)
      expect(await again.status()).toEqual({ store: 'vault', state: 'ready', advice: null })
      expect(await readdir(folder)).toEqual(['vault.json', 'vault.json.bak'])
    },
  )

  test.each([
    ['absent', 'secrets-unavailable', { store: 'none', state: 'absent' }],
    ['forgetful', 'secrets-unavailable', { store: 'none', state: 'absent' }],
    ['locked', 'secrets-locked', { store: 'keychain', state: 'locked' }],
  ] as const)('nowhere, where the keychain is %s and nothing else is there', async (mood, code, status) => {
    const secrets = await open(moodyKeychain(mood))
    await expect(secrets.get('a')).rejects.toMatchObject({ code })
    await expect(secrets.set('a', new Secret(canary))).rejects.toMatchObject({ code })
    await expect(secrets.delete('a')).rejects.toMatchObject({ code })
    const found = await secrets.status()
    expect(found).toMatchObject(status)
    expect(found.advice).toMatch(/\w/)
    expect(await readdir(folder)).toEqual([])
  })

  test('the keychain as soon as it is unlocked', async () => {
    const keychain = moodyKeychain('locked')
    const secrets = await open(keychain)
    await expect(secrets.get('a')).rejects.toMatchObject({ code: 'secrets-locked' })
    keychain.mood = 'works'
    expect(await secrets.get('a')).toBeNull()
  })

  test('a vault that was made by hand, until it is locked', async () => {
    const secrets = await open(moodyKeychain('absent'))
    await expect(secrets.unlock(passphrase)).rejects.toMatchObject({ code: 'not-found' })
    expect(await secrets.setPassphrase(passphrase, null)).toMatchObject({ store: 'vault', state: 'ready' })
    await secrets.set('a', new Secret(canary))
    expect(await secrets.lock()).toMatchObject({ store: 'vault', state: 'locked' })
    await expect(secrets.get('a')).rejects.toMatchObject({ code: 'secrets-locked' })
    await expect(secrets.unlock(new Secret('wrong wrong'))).rejects.toMatchObject({ code: 'secrets-locked' })
    expect(await secrets.unlock(passphrase)).toMatchObject({ store: 'vault', state: 'ready' })
    expect((await secrets.get('a'))?.reveal()).toBe(canary)
  })

  test('locked by hand stays locked, although a passphrase file is there', async () => {
    const secrets = await open(moodyKeychain('absent'), file)
    await secrets.set('a', new Secret(canary))
    expect(await secrets.lock()).toMatchObject({ state: 'locked' })
    await expect(secrets.get('a')).rejects.toMatchObject({ code: 'secrets-locked' })
    await secrets.unlock(passphrase)
    expect((await secrets.get('a'))?.reveal()).toBe(canary)
  })

  test('a changed passphrase file does not open the vault and harms nothing', async () => {
    await (await open(moodyKeychain('absent'), file)).set('a', new Secret(canary))
    await writeFile(file, 'something else\n')
    const secrets = await open(moodyKeychain('absent'), file)
    await expect(secrets.get('a')).rejects.toMatchObject({ code: 'secrets-locked' })
    await expect(secrets.set('a', new Secret('x'))).rejects.toMatchObject({ code: 'secrets-locked' })
    expect(await secrets.status()).toMatchObject({ store: 'vault', state: 'locked' })
    await secrets.unlock(passphrase)
    expect((await secrets.get('a'))?.reveal()).toBe(canary)
  })

  test('a passphrase file that others can read makes no vault, and the status says why', async () => {
    await chmod(file, 0o644)
    const secrets = await open(moodyKeychain('absent'), file)
    await expect(secrets.set('a', new Secret(canary))).rejects.toMatchObject({ code: 'permission-denied' })
    const status = await secrets.status()
    expect(status).toMatchObject({ store: 'none', state: 'absent' })
    expect(status.advice).toContain('chmod 600')
    expect(await readdir(folder)).toEqual([])
  })

  test('one vault, although several secrets come first at once', async () => {
    const secrets = await open(moodyKeychain('absent'), file)
    const keys = ['a', 'b', 'c', 'd']
    await Promise.all(keys.map((key) => secrets.set(key, new Secret(`${canary} ${key}`))))
    const again = await open(moodyKeychain('absent'), file)
    for (const key of keys) expect((await again.get(key))?.reveal()).toBe(`${canary} ${key}`)
  })

  describe('when that changes', () => {
    test('secrets of the vault are found although the keychain works now', async () => {
      const keychain = moodyKeychain('absent')
      await (await open(keychain, file)).set('a', new Secret(canary))
      keychain.mood = 'works'
      const secrets = await open(keychain, file)
      expect((await secrets.get('a'))?.reveal()).toBe(canary)
      await secrets.set('a', new Secret('newer'))
      expect((await secrets.get('a'))?.reveal()).toBe('newer')
      keychain.mood = 'absent'
      expect(await (await open(keychain, file)).get('a')).toBeNull()
    })

    test('a vault that is locked is not taken for empty', async () => {
      const keychain = moodyKeychain('absent')
      await (await open(keychain, file)).set('a', new Secret(canary))
      keychain.mood = 'works'
      const secrets = await open(keychain)
      await expect(secrets.get('a')).rejects.toMatchObject({ code: 'secrets-locked' })
      await secrets.set('a', new Secret('newer'))
      expect(warnings).toHaveLength(1)
      expect((await secrets.get('a'))?.reveal()).toBe('newer')
    })

    test('a keychain that is locked is not taken for empty, and what it holds is still there later', async () => {
      const keychain = moodyKeychain('works')
      await (await open(keychain)).set('a', new Secret(canary))
      keychain.mood = 'locked'
      const secrets = await open(keychain, file)
      await expect(secrets.get('a')).rejects.toMatchObject({ code: 'secrets-locked' })
      keychain.mood = 'works'
      expect((await (await open(keychain, file)).get('a'))?.reveal()).toBe(canary)
    })
  })
})
