import { shownText } from './names.ts'
import type { Refusal, TableChange } from './table-parts.ts'

/**
 * `refused`: not understood or not permitted, so it will be missing. `changed`: goes on without that part. `left-out`:
 * belongs to how dumps are read in, and has no place here.
 */
export type Action = 'refused' | 'changed' | 'left-out'

export type Reason =
  | Refusal
  | TableChange
  | 'client-command'
  | 'delimiter'
  | 'too-long'
  | 'unfinished'
  | 'setting'
  | 'replication'
  | 'rows'
  | 'no-such-table'
  | 'character-set'
  | 'sql-mode'
  | 'database'
  | 'drop'
  | 'lock'
  | 'placeholder'
  | 'transaction'
  | 'not-chosen'
  | 'trigger-of-copy'
  | 'database-collation'

/** What happened to a piece of a dump, or to many of its kind. */
export interface Finding {
  readonly action: Action
  readonly reason: Reason
  /** The table or program that it is about, where that is known. */
  readonly object: string | null
  readonly count: number
  /** Offset of the first one in the dump. */
  readonly at: number
  /** How the first one begins: one line, safe to print. */
  readonly text: string
}

/** Kinds of findings that are kept; a hostile dump must not fill the memory. */
const most = 1000

/** Counts findings by action, reason and object. */
export class Findings {
  readonly #found = new Map<string, { -readonly [K in keyof Finding]: Finding[K] }>()
  /** How many were counted nowhere, for too many kinds. */
  unlisted = 0

  get list(): readonly Finding[] {
    return [...this.#found.values()]
  }

  add(
    action: Action,
    reason: Reason,
    about: { object?: string | null; at: number; bytes: Buffer | string },
  ): void {
    const object = about.object ?? null
    const key = `${action} ${reason} ${object ?? ''}`
    const known = this.#found.get(key)
    if (known !== undefined) known.count += 1
    else if (this.#found.size >= most) this.unlisted += 1
    else {
      const text = shownText(about.bytes.slice(0, 200))
      this.#found.set(key, { action, reason, object, count: 1, at: about.at, text })
    }
  }
}
