import type { ArchiveFileKind } from '../../../../../shared/model/archive-file.ts'
import type { ComponentKind } from '../../../../../shared/model/backup.ts'
import type { HashCollector } from '../hash-facts.ts'

/*
 * Paths are latin1 strings here, one character a byte. They come without `.` and empty names, without the archive's own
 * top folder, and never with `..`.
 */

/** An entry as a layout sees it. */
export interface Place {
  /** Its path, split. */
  readonly names: readonly string[]
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink'
  /** The path of the archive that it is in, where that one is inside the file. */
  readonly inside: string | null
}

export interface ComponentKey {
  readonly kind: ComponentKind
  /** The domain of mail, the database of a dump, otherwise the kind. */
  readonly name: string
}

/** What becomes of an entry. */
export type Decision =
  | {
      readonly kind: 'keep'
      /** Path in the local archive, in our layout. */
      readonly to: string
      /** Null for what describes the account as a whole. */
      readonly component: ComponentKey | null
      /** Why it is taken for this, a sentence that is the same for all of its kind. */
      readonly evidence: string
      /** Where it comes from, for people: the folder or file of the archive that the component lies in. */
      readonly from: string
      /** A compressed file that is to be stored without its compression. */
      readonly inflate?: boolean
      /** Makes the content that is stored out of the one that was read; for files of at most 4 MiB. */
      readonly rewrite?: (content: Buffer) => Buffer
      /** Takes hashes out of the content, for files of at most 4 MiB. */
      readonly learn?: (content: Buffer, hashes: HashCollector) => void
    }
  /** A tar whose entries are decided on one by one. */
  | { readonly kind: 'open' }
  /** Data that only the panel can use. */
  | {
      readonly kind: 'panel'
      readonly what: string
      readonly group: string
      readonly learn?: (content: Buffer, hashes: HashCollector) => void
    }
  | { readonly kind: 'unknown'; readonly why: string }
  /** A folder that only holds the others. */
  | { readonly kind: 'structure' }

/** The way in which one tool lays out its archives. */
export interface Layout {
  readonly kind: ArchiveFileKind
  /** The account, where the archive says so. */
  readonly user: string | null
  readonly evidence: readonly string[]
  decide(place: Place): Decision
}

/** What was seen of a layout. */
export interface SeenMarks {
  /** The first path that had each mark. */
  readonly marks: ReadonlyMap<string, string>
  /** Contents of clues by path. */
  readonly clues: ReadonlyMap<string, Buffer>
  /** The top folder that all of it lies in, or null. */
  readonly top: string | null
}

/** Recognises a layout by the names in an archive, and by a few small files. */
export interface LayoutSign {
  readonly kind: ArchiveFileKind
  /** What a name says in favour of this layout: a short text for people, or null. Each counts once. */
  mark(names: readonly string[], type: Place['type']): string | null
  /** Whether the small file must be read before the account is known. */
  clue(names: readonly string[]): boolean
  /** Whether these marks are enough. */
  suffices(marks: ReadonlyMap<string, string>): boolean
  layout(seen: SeenMarks): Layout
}

export const structure: Decision = { kind: 'structure' }

export function unknown(why: string): Decision {
  return { kind: 'unknown', why }
}

/** The bytes that a latin1 string stands for. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}
