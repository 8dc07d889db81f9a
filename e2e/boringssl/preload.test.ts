import { createCipheriv, createHash, getCiphers, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { ssh2AddonInUse } from '../../electron/core/servers/addon.ts'

test('this process has no more than Electron has', () => {
  expect(() =>
    createCipheriv('chacha20-poly1305', randomBytes(32), randomBytes(12), { authTagLength: 16 }),
  ).toThrow()
  expect(() => createCipheriv('chacha20', randomBytes(32), randomBytes(16))).toThrow()
  expect(() => createHash('shake256')).toThrow()
  expect(getCiphers()).toContain('aes-256-ctr')
  expect(getCiphers().filter((name) => /chacha|ccm|ocb|aria|camellia/i.test(name))).toEqual([])
  expect(ssh2AddonInUse()).toBe(false)
})
