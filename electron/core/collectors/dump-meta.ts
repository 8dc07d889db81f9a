import type { SpooledBody } from '../archive/archive-writer.ts'
import type { Clock } from '../ports.ts'

/** The header of an entry that we make ourselves: root's, for root's eyes, made now. */
export function dumpMeta(path: string, clock: Clock): SpooledBody['meta'] {
  const mtime = BigInt(clock.now().getTime()) * 1_000_000n
  return { path: Buffer.from(path), mode: 0o600, uid: 0, gid: 0, uname: 'root', gname: 'root', mtime }
}
