const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** How many bytes of `bytes` from `at` make up one valid UTF-8 character, or 0 where none starts there. */
function characterLength(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++) {
    try {
      decoder.decode(bytes.subarray(at, at + length))
      return length
    } catch {
      continue
    }
  }
  return 0
}

/**
 * The `RemoteName` of a name's bytes: UTF-8 where it is valid, any other byte as `\xHH`, a backslash as `\\`.
 * Reversed exactly by `fromRemoteName`.
 */
export function toRemoteName(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes).replaceAll('\\', '\\\\')
  } catch {
    let name = ''
    for (let at = 0; at < bytes.length;) {
      const length = characterLength(bytes, at)
      name +=
        length === 0
          ? `\\x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`
          : decoder.decode(bytes.subarray(at, at + length)).replaceAll('\\', '\\\\')
      at += Math.max(length, 1)
    }
    return name
  }
}

/** The bytes that a `RemoteName` stands for. A backslash that starts no known escape stands for itself. */
export function fromRemoteName(name: string): Uint8Array {
  const parts = name.split(/(\\\\|\\x[0-9a-f]{2})/)
  const chunks = parts.map((part, index) => {
    if (index % 2 === 0) return encoder.encode(part)
    return part === '\\\\' ? Uint8Array.of(0x5c) : Uint8Array.of(Number.parseInt(part.slice(2), 16))
  })
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
