import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Secret } from './secret.ts'
import { defaultCost } from './vault-box.ts'
import { Vault } from './vault.ts'

const passphrase = new Secret('correct horse battery')
const other = new Secret('another staple entirely')
const canary = 'CANARY-91d2-password'
const cheap = { N: 2 ** 8, r: 8, p: 1 }
const log = { write: () => undefined }

describe('the vault', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'holdfast-vault-'))
    file = join(folder, 'vault.json')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const open = () => Vault.open({ file, log, cost: cheap })

  async function filled(): Promise<Vault> {
    const vault = await open()
    await vault.setPassphrase(passphrase, null)
    await vault.set('server/1/password', new Secret(canary))
    await vault.set('__proto__', new Secret('odd'))
    return vault
  }

  async function everyByte(): Promise<string> {
    const names = await readdir(folder)
    return (await Promise.all(names.map((name) => readFile(join(folder, name), 'latin1')))).join('\n')
  }

  test('keeps secrets over a restart, for whoever knows the passphrase', async () => {
    await filled()
    const again = await open()
    expect(again.state).toBe('locked')
    await again.unlock(passphrase)
    expect((await again.get('server/1/password'))?.reveal()).toBe(canary)
    expect((await again.get('__proto__'))?.reveal()).toBe('odd')
    expect(await again.get('server/2/password')).toBeNull()
    await again.delete('server/1/password')
    await again.delete('server/1/password')
    const third = await open()
    await third.unlock(passphrase)
    expect(await third.get('server/1/password')).toBeNull()
  })

  test('is a file for its owner only, with nothing in the clear', async () => {
    const vault = await filled()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    await vault.setPassphrase(other, passphrase)
    const bytes = await everyByte()
    for (const clear of [canary, passphrase.reveal(), other.reveal(), 'server/1']) {
      expect(bytes).not.toContain(clear)
      expect(bytes).not.toContain(Buffer.from(clear).toString('base64').slice(0, 12))
    }
  })

  test('refuses a wrong passphrase and stays as it was', async () => {
    await filled()
    const before = await everyByte()
    const vault = await open()
    await expect(vault.unlock(other)).rejects.toMatchObject({ code: 'secrets-locked' })
    await expect(vault.get('x')).rejects.toMatchObject({ code: 'secrets-locked' })
    await expect(vault.set('x', new Secret('y'))).rejects.toMatchObject({ code: 'secrets-locked' })
    await expect(vault.delete('x')).rejects.toMatchObject({ code: 'secrets-locked' })
    await expect(vault.setPassphrase(other, other)).rejects.toMatchObject({ code: 'secrets-locked' })
    await expect(vault.setPassphrase(other, null)).rejects.toMatchObject({ code: 'secrets-locked' })
    expect(await everyByte()).toBe(before)
    await vault.unlock(passphrase)
  })

  test('notices a file in which anything was changed', async () => {
    await filled()
    const good = JSON.parse(await readFile(file, 'utf8')) as { data: { sealed: string; kdf: { N: number } } }
    const { sealed, kdf } = good.data
    const flipped = `${sealed.slice(0, 8)}${sealed[8] === 'A' ? 'B' : 'A'}${sealed.slice(9)}`
    for (const change of [
      { sealed: flipped },
      { kdf: { ...kdf, N: 2 ** 9 } },
      { tag: 'AAAA' },
      { nonce: '' },
    ]) {
      await writeFile(file, JSON.stringify({ ...good, data: { ...good.data, ...change } }))
      const vault = await open()
      await expect(vault.unlock(passphrase)).rejects.toMatchObject({ code: 'secrets-locked' })
    }
  })

  test('forgets everything when it is locked', async () => {
    const vault = await filled()
    vault.lock()
    await expect(vault.get('server/1/password')).rejects.toMatchObject({ code: 'secrets-locked' })
    await vault.unlock(passphrase)
    expect((await vault.get('server/1/password'))?.reveal()).toBe(canary)
  })

  test('changes its passphrase with all it holds, and no copy opens with the old one', async () => {
    const vault = await filled()
    await vault.setPassphrase(other, passphrase)
    expect((await vault.get('server/1/password'))?.reveal()).toBe(canary)
    for (const name of ['vault.json', 'vault.json.bak']) {
      const copy = join(folder, `copy-of-${name}`)
      await writeFile(copy, await readFile(join(folder, name)))
      const reopened = await Vault.open({ file: copy, log, cost: cheap })
      await expect(reopened.unlock(passphrase)).rejects.toMatchObject({ code: 'secrets-locked' })
      await reopened.unlock(other)
      expect((await reopened.get('server/1/password'))?.reveal()).toBe(canary)
    }
  })

  test('refuses a short passphrase, and unlocking where there is none', async () => {
    const vault = await open()
    await expect(vault.unlock(passphrase)).rejects.toMatchObject({ code: 'not-found' })
    await expect(vault.setPassphrase(new Secret('1234567'), null)).rejects.toMatchObject({
      code: 'invalid-input',
    })
    expect(await readdir(folder)).toEqual([])
  })

  test('that is damaged falls back to its backup copy', async () => {
    await filled()
    await writeFile(file, '')
    const vault = await open()
    await vault.unlock(passphrase)
    expect((await vault.get('server/1/password'))?.reveal()).toBe(canary)
    expect(await readdir(folder)).toContain('vault.json.corrupt-1')
  })

  test('stores many secrets one after the other without losing one', async () => {
    const vault = await filled()
    const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`)
    await Promise.all(keys.map((key) => vault.set(key, new Secret(`value of ${key}`))))
    const again = await open()
    await again.unlock(passphrase)
    for (const key of keys) expect((await again.get(key))?.reveal()).toBe(`value of ${key}`)
  })

  test('takes its time to open on another thread, while this one goes on', async () => {
    const vault = await Vault.open({ file, log })
    await vault.setPassphrase(passphrase, null)
    expect(await readFile(file, 'utf8')).not.toContain(canary)
    let longestStall = 0
    let last = performance.now()
    const ticking = setInterval(() => {
      longestStall = Math.max(longestStall, performance.now() - last)
      last = performance.now()
    }, 5)
    vault.lock()
    const began = performance.now()
    await vault.unlock(passphrase)
    const took = performance.now() - began
    clearInterval(ticking)
    expect(defaultCost).toMatchObject({ N: 2 ** 17, r: 8 })
    expect(took).toBeGreaterThan(150)
    expect(longestStall).toBeLessThan(took / 2)
  })
})
