import { Readable } from 'node:stream'
import type { EntryMeta } from '../../archive/archive-writer.ts'

/** Where the entries of a foreign archive go, one after the other. */
export interface MemberOutput {
  /** A folder or link. */
  plain(meta: EntryMeta): Promise<void>
  /** A file whose content is at hand. */
  whole(meta: EntryMeta, content: Buffer): Promise<void>
  /** A file of the size that its header says. Where its content fails, nothing or a padded entry is left of it. */
  file(meta: EntryMeta, content: AsyncIterable<Buffer>): Promise<void>
  /** A file whose size shows when it ends. Where its content fails, nothing is left of it. Resolves to its size. */
  unsized(meta: EntryMeta, content: AsyncIterable<Buffer>): Promise<number>
}

/** Only reads through everything, so that it is counted and damage is found. */
export const nowhere: MemberOutput = {
  plain: () => Promise.resolve(),
  whole: () => Promise.resolve(),
  file: async (_meta, content) => {
    for await (const _ of content);
  },
  unsized: async (_meta, content) => {
    let size = 0
    for await (const chunk of content) size += chunk.length
    return size
  },
}

/** A stream of the same bytes. */
export function streamOf(content: AsyncIterable<Buffer>): Readable {
  return Readable.from(content, { objectMode: false })
}
