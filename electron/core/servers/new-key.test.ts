import ssh2 from 'ssh2'
import { expect, test } from 'vitest'
import { newEd25519Key } from './new-key.ts'

test('every fresh key can be read', () => {
  const keys = Array.from({ length: 2000 }, () => ssh2.utils.parseKey(newEd25519Key().private))
  expect(keys.filter((key) => key instanceof Error)).toEqual([])
})
