import type { Readable } from 'node:stream'
import type { ComponentKind, ComponentSummary, Warning } from '../../../shared/model/backup.ts'

/** What a tar header says of an entry. Names are bytes: they come from servers. */
export interface EntryMeta {
  /** Path in the archive, without a leading slash; directories end without a slash. */
  readonly path: Buffer
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink'
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly uname: string
  readonly gname: string
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint
  /** Nanoseconds since the epoch, where the walker knows it. */
  readonly ctime?: bigint
  /** For links: target as bytes. */
  readonly linkTarget?: Buffer
  /** Raw pax records to carry over: `SCHILY.acl.*`, `SCHILY.xattr.*`, `RHT.security.selinux`. Values are bytes. */
  readonly pax?: ReadonlyMap<string, Buffer>
}

/** What happened to a tar stream that was written into the archive. */
export interface TarTally {
  readonly entries: number
  /** Bytes of file contents. */
  readonly bytes: number
}

/**
 * Decides what becomes of each entry of an incoming tar: a new header, or null to leave it out. Type and size must
 * stay. Hard links come with the target's name as the incoming tar has it, and must go out with its full path in
 * the archive. Nothing remembers what was left out, so the map decides by rule: where it would leave the target
 * out, it must leave the link out too (and have its content read on its own), or the link would dangle.
 */
export type EntryMap = (entry: EntryMeta) => EntryMeta | null

export interface TarOptions {
  readonly map: EntryMap
  /**
   * Told of each socket, FIFO and device, which are never stored, under its name in the incoming tar. Without it
   * a `special-file` warning names it.
   */
  readonly special?: (path: Buffer) => void
  /** Whether the stream's chunks are nobody else's, so that their memory can be given back when they are written. */
  readonly consume?: boolean
  readonly signal: AbortSignal
}

/** A body whose size is known only when it has ended and has proven itself. */
export interface SpooledBody {
  readonly meta: Omit<EntryMeta, 'size' | 'type'>
  /** An error or a rejection throws the whole entry away; nothing of it reaches the archive. */
  readonly body: Readable
  /** Called after the body ended, before anything is spliced in. Throws where the body is not good. */
  readonly prove: (facts: { readonly size: number; readonly tail: Buffer }) => Promise<void>
}

/** What a component leaves in the manifest, besides what the writer counts itself. */
export interface ComponentOutcome {
  readonly tool: string | null
  readonly version: string | null
  readonly detail: Readonly<Record<string, unknown>>
  /** True where something requested is not in the archive at all. */
  readonly missing: boolean
}

/**
 * One component while it is written. Entries are written one after the other: a method may be called only when
 * the one before has settled. Index lines, hashes, items and bytes are counted here.
 */
export interface ComponentWriter {
  readonly kind: ComponentKind
  readonly name: string
  /** Writes one entry whose content is at hand. */
  entry(meta: EntryMeta, content: Buffer): Promise<void>
  /**
   * Walks a tar (GNU, pax or ustar) and writes its entries. Insists on the two zero blocks. On an error of the
   * stream or the format, rejects; entries that were complete before stay in the archive. A content that was cut
   * is left out, with an `unreadable` warning; where some of it had already gone out, the rest is zero-filled and
   * a `padded` warning names it, so that the archive stays readable and the caller can go on with other
   * components. Sparse files are expanded; one over 100 GiB is left out with a `too-large` warning, and so are
   * hard links to it.
   */
  tar(stream: Readable, options: TarOptions): Promise<TarTally>
  /** Writes one entry of unknown size by way of the spool. Resolves to its size. */
  spooled(body: SpooledBody, options: { readonly signal: AbortSignal }): Promise<number>
  warn(warning: Warning): void
  /** Notes a part of the last written entry: a table of a dump, as a byte range of its content. */
  part(part: {
    readonly kind: 'table'
    readonly name: string
    readonly from: number
    readonly to: number
  }): void
  /** Closes the component. */
  close(outcome: ComponentOutcome): Promise<ComponentSummary>
}

/** Told 4 times a second at most. `bytes` and `items` count what went into the archive. */
export type ArchiveProgress = (progress: {
  readonly bytes: number
  readonly items: number
  readonly current: Buffer | null
}) => void
