import type { CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2'

/** What a client offers in a handshake, best first. */
export interface AlgorithmOffer {
  readonly kex: readonly KexAlgorithm[]
  readonly hostKey: readonly ServerHostKeyAlgorithm[]
  readonly cipher: readonly CipherAlgorithm[]
  readonly mac: readonly MacAlgorithm[]
}

/** The part of a handshake on which both sides must agree. */
export type AlgorithmPart = keyof AlgorithmOffer

/**
 * The authenticated AES-GCM ciphers come first: with them the prefix attack on SSH (CVE-2023-48795) has nothing
 * to cut. ChaCha20 is absent because Electron's crypto library lacks it.
 */
const modern: AlgorithmOffer = {
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group18-sha512',
    'diffie-hellman-group-exchange-sha256',
  ],
  hostKey: [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
  ],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'],
  mac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
}

const legacy: AlgorithmOffer = {
  kex: ['diffie-hellman-group14-sha256', 'diffie-hellman-group14-sha1', 'diffie-hellman-group-exchange-sha1'],
  hostKey: ['ssh-rsa'],
  cipher: ['aes256-cbc', 'aes192-cbc', 'aes128-cbc'],
  mac: ['hmac-sha1-etm@openssh.com', 'hmac-sha1'],
}

/** The signature algorithms that a host key of this type can use; without a change most types are their own. */
function signatureAlgorithms(keyType: string): readonly string[] {
  return keyType === 'ssh-rsa' ? ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'] : [keyType]
}

/** The type of the key behind a signature algorithm. */
export function keyTypeOf(algorithm: string): string {
  return algorithm.startsWith('rsa-sha2-') ? 'ssh-rsa' : algorithm
}

/**
 * What to offer a server. Host key types that are already known for it come first, so that its second key never
 * looks like a changed one. SHA-1 signatures, SHA-1 MACs and CBC are offered only with `legacyAlgorithms`.
 */
export function algorithmOffer(options: {
  readonly knownTypes: readonly string[]
  readonly legacyAlgorithms: boolean
}): AlgorithmOffer {
  const extra = options.legacyAlgorithms ? legacy : undefined
  const hostKey = [...modern.hostKey, ...(extra?.hostKey ?? [])]
  const known = new Set(options.knownTypes.flatMap(signatureAlgorithms))
  return {
    kex: [...modern.kex, ...(extra?.kex ?? [])],
    hostKey: [...hostKey.filter((name) => known.has(name)), ...hostKey.filter((name) => !known.has(name))],
    cipher: [...modern.cipher, ...(extra?.cipher ?? [])],
    mac: [...modern.mac, ...(extra?.mac ?? [])],
  }
}

/** The first part on which an offer and a server's lists have nothing in common, or null where they can agree. */
export function disagreement(
  offer: AlgorithmOffer,
  theirs: Readonly<Record<AlgorithmPart, readonly string[]>>,
): AlgorithmPart | null {
  const common = (part: AlgorithmPart) => offer[part].find((name) => theirs[part].includes(name))
  const cipher = common('cipher')
  if (common('kex') === undefined) return 'kex'
  if (common('hostKey') === undefined) return 'hostKey'
  if (cipher === undefined) return 'cipher'
  return cipher.includes('-gcm') || common('mac') !== undefined ? null : 'mac'
}
