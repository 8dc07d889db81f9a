import type { Identity } from '../archive/seal/age-key.ts'

/** For tests: where nothing is encrypted, and nothing that is can be opened. */
export const noKeys = { identities: (): Promise<readonly Identity[]> => Promise.resolve([]) }
