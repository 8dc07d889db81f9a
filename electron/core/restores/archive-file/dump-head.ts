import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib'

const mysqlWords =
  /^(?:-- (?:MySQL|MariaDB) dump|-- phpMyAdmin SQL Dump|-- Adminer .* MySQL|-- Host: |\/\*M?!\d{5,6})/m
const postgresqlWords = /^-- (?:PostgreSQL database (?:cluster )?dump|Adminer .* PostgreSQL)/m

/** Which server's dump begins so, compressed or not, by the comments that the dump programs write; null for none. */
export function engineOfDump(head: Buffer): 'mysql' | 'postgresql' | null {
  const text = inflated(head).toString('latin1', 0, 2048)
  if (postgresqlWords.test(text)) return 'postgresql'
  return mysqlWords.test(text) ? 'mysql' : null
}

/** As much of the content as its first compressed bytes give. */
function inflated(head: Buffer): Buffer {
  try {
    if (head.readUInt16BE(0) === 0x1f8b) return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH })
    if (head.readUInt32BE(0) === 0x28b52ffd)
      return zstdDecompressSync(head, { finishFlush: constants.ZSTD_e_flush })
    return head
  } catch {
    return Buffer.alloc(0)
  }
}
