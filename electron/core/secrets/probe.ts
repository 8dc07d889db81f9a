import { randomBytes } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import type { SecretStore } from '../ports.ts'
import { Secret } from './secret.ts'

/** `ready` only where a secret really came back and could be removed. */
export type ProbeResult = 'ready' | 'locked' | 'absent'

/** Stores, reads and removes a random secret under a random key. */
export async function probe(store: SecretStore): Promise<ProbeResult> {
  const key = `probe-${randomBytes(8).toString('hex')}`
  const value = randomBytes(16).toString('hex')
  try {
    await store.set(key, new Secret(value))
    const back = await store.get(key)
    await store.delete(key)
    return back?.reveal() === value && (await store.get(key)) === null ? 'ready' : 'absent'
  } catch (error) {
    return error instanceof AppError && error.code === 'secrets-locked' ? 'locked' : 'absent'
  }
}
