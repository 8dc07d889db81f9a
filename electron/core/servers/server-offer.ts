import type { Readable } from 'node:stream'
import type { AlgorithmPart } from './algorithms.ts'

/** The algorithms that a server said it can do, in its order. */
export type ServerOffer = Readonly<Record<AlgorithmPart, readonly string[]>> & {
  /** It enforces strict key exchange (the answer to CVE-2023-48795). */
  readonly strictKeyExchange: boolean
}

const KEXINIT = 20
const COOKIE_BYTES = 16
/** Banner lines plus one packet of the largest size that RFC 4253 §6.1 demands. */
const SEARCH_LIMIT = 65_536 + 35_000

/**
 * Reads along on a connection, without taking anything away, until the server's first KEXINIT (RFC 4253 §7.1)
 * has passed. The function that is returned gives what was seen, or null before that or where it is not SSH.
 * The stream stays paused if it was paused.
 */
export function watchServerOffer(stream: Readable): () => ServerOffer | null {
  let seen = Buffer.alloc(0)
  let offer: ServerOffer | null = null
  const read = (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk])
    offer = parseServerOffer(seen)
    if (offer || seen.length > SEARCH_LIMIT) stream.off('data', read)
  }
  stream.on('data', read)
  return () => offer
}

/** The offer in the first bytes that a server sends, or null while it is incomplete or where there is none. */
export function parseServerOffer(bytes: Buffer): ServerOffer | null {
  const packet = firstPacket(bytes)
  if (packet?.[0] !== KEXINIT) return null
  const lists: string[][] = []
  let at = 1 + COOKIE_BYTES
  while (lists.length < 6) {
    if (at + 4 > packet.length) return null
    const end = at + 4 + packet.readUInt32BE(at)
    if (end > packet.length) return null
    lists.push(packet.toString('latin1', at + 4, end).split(','))
    at = end
  }
  const [kex = [], hostKey = [], , cipher = [], , mac = []] = lists
  return {
    kex,
    hostKey,
    cipher,
    mac,
    strictKeyExchange: kex.includes('kex-strict-s-v00@openssh.com'),
  }
}

/** The payload of the first binary packet after the identification line, or null while it is incomplete. */
function firstPacket(bytes: Buffer): Buffer | null {
  let line = 0
  while (bytes.toString('latin1', line, line + 4) !== 'SSH-') {
    line = bytes.indexOf('\n', line) + 1
    if (line === 0) return null
  }
  const start = bytes.indexOf('\n', line) + 1
  if (start === 0 || start + 5 > bytes.length) return null
  const end = start + 4 + bytes.readUInt32BE(start)
  if (end > bytes.length) return null
  return bytes.subarray(start + 5, end - (bytes[start + 4] ?? 0))
}
