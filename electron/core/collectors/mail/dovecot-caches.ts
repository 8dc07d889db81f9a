import { plural } from '../../../../shared/format.ts'
import type { SkippedItem } from '../collector.ts'

/**
 * Globs for what Dovecot makes again from a Maildir's messages: indexes, caches and locks. Not `dovecot.index.pvt`,
 * which alone knows what each user has read in a shared folder. In sdbox and mdbox the indexes hold the flags and
 * the folders of messages: nothing may be left out there.
 */
export const cacheGlobs: readonly string[] = [
  'dovecot.index',
  'dovecot.index.[!p]*',
  'dovecot.list.index*',
  'dovecot-*.lock',
]

const cacheName = /(?:^|\/)dovecot(?:\.index(?:\.[^p/][^/]*)?|\.list\.index[^/]*|-[^/]*\.lock)$/

/** Whether a path of a Maildir is such a cache. */
export function isCache(path: string): boolean {
  return cacheName.test(path)
}

/** Takes what was skipped in one mailbox, and tells of all caches there as one item. */
export class CacheTally {
  readonly #skip: (item: SkippedItem) => void
  #count = 0

  constructor(skip: (item: SkippedItem) => void) {
    this.#skip = skip
  }

  readonly take = (item: SkippedItem): void => {
    if (cacheName.test(item.path)) this.#count += 1
    else this.#skip(item)
  }

  /** `mailbox`: its path in the archive. */
  finish(mailbox: string): void {
    if (this.#count === 0) return
    const why = `${plural(this.#count, 'file')} of indexes and locks, which Dovecot makes again`
    this.#skip({ path: `${mailbox}/…/dovecot.index*`, why })
  }
}
