import type { Readable } from 'node:stream'

/** `/`-separated, relative, no `.` or `..` segments; see `key.ts`. */
export type Key = string

export interface StoredObject {
  readonly key: Key
  readonly size: number
  readonly modified: Date
}

/** A byte range, `end` exclusive. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** What a destination can promise. Callers test these, never a kind. */
export interface DestinationCapabilities {
  /** A body can be read back as stored (not only confirmed by a checksum). */
  readonly readBack: boolean
  /** Uploads are confirmed by checksums of what was stored, as a rule; each `commit` says whether it was. */
  readonly confirms: boolean
  /** `create` refuses an existing key atomically. */
  readonly exclusiveCreate: boolean
  /** Small objects can be replaced in place. */
  readonly replace: boolean
  /** Absolute path of a key for people, where there is one. */
  path(key: Key): string | null
}

/** An object that an upload made. */
export interface CommittedObject extends StoredObject {
  /** The destination has computed checksums over all that it stored, and they are those of what was written. */
  readonly confirmed: boolean
}

/**
 * An open upload. Nothing is visible under the key until `commit` resolves. One call at a time; after the first
 * that fails only `abort` is left, which the caller owes whatever happened.
 */
export interface Upload {
  /** Resolves when the destination can take more; bytes are written in order. */
  write(chunk: Uint8Array): Promise<void>
  /**
   * Makes the object visible and durable; refuses with `conflict` where the key exists, or where somebody removed
   * the unfinished upload.
   */
  commit(): Promise<CommittedObject>
  /** Removes what was written. Idempotent; does nothing after `commit`. */
  abort(): Promise<void>
}

/**
 * A place for copies. All errors are `AppError`: `no-space`, `permission-denied`, `not-found`, `conflict`,
 * `unreachable`, `write-failed`, `corrupt`, `invalid-input` (the key), `cancelled`. Keys are bytes-safe ASCII made by
 * `archive/name.ts`.
 */
export interface Destination extends AsyncDisposable {
  readonly name: string
  readonly capabilities: DestinationCapabilities
  /**
   * Opens an upload whose key must not exist at `commit`. Parent folders are made. Uses this destination's own claim
   * of the key where there is one; refuses with `conflict` where another run's upload or claim is there. `size`: bytes
   * that are expected, null or absent where nobody knows.
   */
  create(key: Key, options: { signal: AbortSignal; size?: number | null }): Promise<Upload>
  /** Writes a small object whole, durably; refuses with `conflict` where it exists unless `replace`. */
  put(key: Key, body: Uint8Array, options: { signal: AbortSignal; replace?: boolean }): Promise<StoredObject>
  /**
   * Claims a key so that no other run takes it (FORMAT §1). False where it, or anything in `taken`, exists
   * already. Released by the upload of the same key being committed or aborted, or by `release`.
   */
  claim(key: Key, taken: readonly Key[], options: { signal: AbortSignal }): Promise<boolean>
  /** Gives this destination's own claim back, never another's. Idempotent; disposing releases all. */
  release(key: Key): Promise<void>
  /** The body, or a range of it. Errors with `not-found`, or `corrupt` where fewer bytes came than were asked for. */
  get(key: Key, options: { signal: AbortSignal; range?: Range }): Promise<Readable>
  /** Null where there is no such object. */
  stat(key: Key, options: { signal: AbortSignal }): Promise<StoredObject | null>
  /** All objects whose key begins with the prefix, sorted by key. Unfinished uploads are listed too (`isUnfinished`). */
  list(prefix: string, options: { signal: AbortSignal }): AsyncIterable<StoredObject>
  /** Idempotent. */
  delete(key: Key, options: { signal: AbortSignal }): Promise<void>
  /** Bytes that can still be stored, or null where nobody knows. */
  free(options: { signal: AbortSignal }): Promise<number | null>
}
