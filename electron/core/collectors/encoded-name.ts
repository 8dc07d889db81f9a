/**
 * A true name of a database, domain or mailbox as a part of a path in the archive (FORMAT §2): every byte of its
 * UTF-8 outside `[A-Za-z0-9.-]` and inner `_` percent-encoded, and a leading `.`, `-` or `_` too.
 */
export function encodedName(name: string | Uint8Array): string {
  const bytes = typeof name === 'string' ? Buffer.from(name) : Buffer.from(name)
  const last = bytes.length - 1
  return Array.from(bytes, (byte, at) => {
    const character = String.fromCharCode(byte)
    const plain = /[A-Za-z0-9]/.test(character) || (at > 0 && /[.-]/.test(character))
    const inner = character === '_' && at > 0 && at < last
    return plain || inner ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}
