import { publicKeyType } from './fingerprint.ts'

/** What a private key file is, judged without its passphrase. */
export type KeyFormat =
  | { readonly kind: 'usable'; readonly encrypted: boolean }
  /** `reason` completes the sentence "The key file X …". */
  | { readonly kind: 'unsupported'; readonly reason: string }

const opensshMagic = 'openssh-key-v1\0'
const convert = 'convert it with: ssh-keygen -p -f FILE'

/**
 * Recognises key files by their first lines. Usable are OpenSSH's own format, the older PEM formats and PuTTY's
 * version 2 for RSA.
 */
export function keyFormat(text: string): KeyFormat {
  const body = text.trimStart()
  if (body.startsWith('-----BEGIN OPENSSH PRIVATE KEY-----')) return opensshFormat(body)
  if (/^-----BEGIN (RSA|EC) PRIVATE KEY-----/.test(body)) {
    return { kind: 'usable', encrypted: /^Proc-Type: 4,ENCRYPTED/m.test(body) }
  }
  if (/^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(body)) {
    return unsupported(`is in PKCS #8 form, which is not supported; ${convert}`)
  }
  if (body.startsWith('-----BEGIN DSA PRIVATE KEY-----')) {
    return unsupported(
      'is a DSA key, which servers no longer accept; make a new one with: ssh-keygen -t ed25519',
    )
  }
  if (body.startsWith('PuTTY-User-Key-File-2: ssh-rsa')) {
    return { kind: 'usable', encrypted: !/^Encryption: none\s*$/m.test(body) }
  }
  if (body.startsWith('PuTTY-User-Key-File-')) {
    return unsupported('is in a PuTTY form that is not supported; export it as an OpenSSH key in PuTTYgen')
  }
  if (/^\S+-cert-v0[01]@openssh\.com /.test(body)) {
    return unsupported(
      'is a certificate, which is not supported; put the key itself into authorized_keys on the server',
    )
  }
  if (/^(ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/]/.test(body) || body.startsWith('---- BEGIN SSH2 PUBLIC KEY')) {
    return unsupported(
      'holds a public key; give the private one, which usually has the same name without .pub',
    )
  }
  return unsupported('is not a private key that Holdfast knows; it reads OpenSSH and PEM keys')
}

const unsupported = (reason: string): KeyFormat => ({ kind: 'unsupported', reason })

/** The cipher and the public key stand before the encrypted part (OpenSSH's PROTOCOL.key). */
function opensshFormat(body: string): KeyFormat {
  const base64 = body.replace(/-----[A-Z ]+-----/g, '').replace(/\s+/g, '')
  const bytes = Buffer.from(base64, 'base64')
  const fields: Buffer[] = []
  if (bytes.toString('latin1', 0, opensshMagic.length) !== opensshMagic) return unsupported('is damaged')
  let at = opensshMagic.length
  for (const name of ['cipher', 'kdf', 'kdf options', 'count', 'public key']) {
    if (name === 'count') {
      at += 4
      continue
    }
    if (at + 4 > bytes.length) return unsupported('is damaged')
    const end = at + 4 + bytes.readUInt32BE(at)
    if (end > bytes.length) return unsupported('is damaged')
    fields.push(bytes.subarray(at + 4, end))
    at = end
  }
  const [cipher = Buffer.alloc(0), , , publicKey = Buffer.alloc(0)] = fields
  const type = publicKeyType(publicKey) ?? ''
  if (type.startsWith('sk-')) {
    return unsupported(
      'belongs to a hardware token (FIDO), which is not supported; use another key for this login',
    )
  }
  return { kind: 'usable', encrypted: cipher.toString('latin1') !== 'none' }
}
