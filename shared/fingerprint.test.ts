import { expect, test } from 'vitest'
import { findFingerprint, groupFingerprint } from './fingerprint.ts'

const fingerprint = 'SHA256:mVb3kYqT8u0Z1rLdWn5EcF7hJxA29oPsGtQi4RzKyUe'

test('finds a fingerprint however it was pasted', () => {
  const line = `256 ${fingerprint} root@web2 (ED25519)\n`
  for (const pasted of [fingerprint, ` ${fingerprint} `, groupFingerprint(fingerprint), line])
    expect(findFingerprint(pasted)).toBe(fingerprint)
  for (const pasted of ['', 'SHA256:', fingerprint.slice(0, -1), 'MD5:16:27:ac'])
    expect(findFingerprint(pasted)).toBeNull()
})
