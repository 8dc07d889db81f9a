import type { HostKey } from './model/server.ts'

/** A fingerprint as people compare it: `SHA256:mVb3 kYqT 8u0Z …`. */
export function groupFingerprint(fingerprint: string): string {
  const [kind = '', hash = ''] = fingerprint.split(':')
  return `${kind}:${(hash.match(/.{1,4}/g) ?? []).join(' ')}`
}

/**
 * The fingerprint in what somebody pasted: alone, in groups, or in a line of `ssh-keygen -lf`. Null where there is
 * none.
 */
export function findFingerprint(pasted: string): string | null {
  const pattern = /SHA256:[A-Za-z0-9+/]{43}/
  return pattern.exec(pasted)?.[0] ?? pattern.exec(pasted.replace(/\s+/g, ''))?.[0] ?? null
}

/** `ssh-ed25519` as people call it: ED25519. */
export function keyTypeWords(type: string): string {
  if (type === 'ssh-ed25519') return 'ED25519'
  if (type === 'ssh-rsa') return 'RSA'
  return type.startsWith('ecdsa-') ? 'ECDSA' : type
}

/** ED25519 first: it is what the server's own console is asked for. Otherwise the order stays. */
export function ed25519First(keys: readonly HostKey[]): readonly HostKey[] {
  return [...keys].sort((a, b) => Number(b.type === 'ssh-ed25519') - Number(a.type === 'ssh-ed25519'))
}
