import type { Identity } from '../archive/seal/age-key.ts'
import { CipherThread } from '../archive/seal/cipher-thread.ts'

/** For tests: where nothing is encrypted, and nothing that is can be opened. */
export const noKeys = {
  identities: (): Promise<readonly Identity[]> => Promise.resolve([]),
  thread: new CipherThread(),
}
