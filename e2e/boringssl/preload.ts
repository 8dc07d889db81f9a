import crypto from 'node:crypto'
import Module, { syncBuiltinESMExports } from 'node:module'

/**
 * Takes from this process what Electron's crypto, which is BoringSSL, does not have, and ssh2's addon, which does not
 * travel in the package. What is there is what Electron lists: https://github.com/electron/electron/issues/24024 has
 * its ciphers, https://boringssl.googlesource.com/boringssl its curves and hashes. Not the real library: what it has
 * and does differently is not seen.
 */

const ciphers =
  /^(aes-?(128|192|256)-?(cbc|cfb|ctr|ecb|gcm|ofb)|des-(cbc|ecb|ede|ede-cbc|ede3-cbc)|rc2-cbc|rc4)$/
const hashes =
  /^(md4|md5|md5-sha1|sha1|sha224|sha256|sha384|sha512|sha512-256|ripemd160|(rsa-)(md5|sha1|sha224|sha256|sha384|sha512))$/
const keyTypes = /^(rsa|rsa-pss|dsa|ec|ed25519|x25519|dh)$/
const curves = /^(prime256v1|P-256|secp224r1|P-224|secp256k1|secp384r1|P-384|secp521r1|P-521)$/

function refuse(kind: string, name: string): never {
  throw Object.assign(new Error(`Unknown ${kind}: BoringSSL has no ${name}`), {
    code: `ERR_CRYPTO_UNKNOWN_${kind.toUpperCase()}`,
  })
}

type Named = (name: string, ...rest: readonly unknown[]) => unknown

/** Lets a function of node:crypto, whose first argument is a name, through for what is there. */
function restrict(name: string, kind: string, known: RegExp): void {
  const all = crypto as unknown as Record<string, Named>
  const original = all[name]
  if (original === undefined) throw new Error(`node:crypto has no ${name}.`)
  all[name] = (given, ...rest) =>
    typeof given === 'string' && !known.test(given.toLowerCase()) && !known.test(given)
      ? refuse(kind, given)
      : original(given, ...rest)
}

const listed = { getCiphers: ciphers, getHashes: hashes, getCurves: curves }
for (const [name, known] of Object.entries(listed)) {
  const all = crypto as unknown as Record<string, () => string[]>
  const original = all[name]
  all[name] = () => (original?.() ?? []).filter((each) => known.test(each.toLowerCase()) || known.test(each))
}
for (const name of ['createCipheriv', 'createDecipheriv']) restrict(name, 'cipher', ciphers)
for (const name of ['createHash', 'createHmac', 'hash']) restrict(name, 'hash', hashes)
for (const name of ['generateKeyPair', 'generateKeyPairSync']) restrict(name, 'key', keyTypes)
restrict('createECDH', 'curve', curves)
syncBuiltinESMExports()

const { _extensions: extensions } = Module as unknown as {
  readonly _extensions: Record<string, (module: unknown, file: string) => void>
}
const loadNative = extensions['.node']
extensions['.node'] = (module, file) => {
  if (file.endsWith('sshcrypto.node')) throw new Error('ssh2 has no addon here.')
  loadNative?.(module, file)
}
