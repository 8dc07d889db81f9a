import { createHash } from 'node:crypto'
import type { HostKey } from '../../../shared/model/server.ts'

/** The type that a public key in wire form (RFC 4253 §6.6) names, or null where it is not one. */
export function publicKeyType(key: Buffer): string | null {
  if (key.length < 4) return null
  const end = 4 + key.readUInt32BE(0)
  return end > key.length || end > 132 ? null : key.toString('latin1', 4, end)
}

/** A public key in wire form as people compare it: its type and OpenSSH's `SHA256:` fingerprint. */
export function describeHostKey(key: Buffer): HostKey {
  const hash = createHash('sha256').update(key).digest('base64')
  return { type: publicKeyType(key) ?? 'unknown', fingerprint: `SHA256:${hash.replace(/=+$/, '')}` }
}
