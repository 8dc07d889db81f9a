import type { VerifyLevel } from '../../../shared/model/backup.ts'

/** What is wrong with an archive. Every code but `foreign` means damage. */
export type FindingCode =
  /** The archive or index is not as long, or has not the checksum, that its manifest says. */
  | 'stored'
  /** A segment, the gzip header or its trailer is damaged, or bytes are missing or too many. */
  | 'bytes'
  /** The index is missing, damaged, or says something else than the archive. */
  | 'index'
  /** The tar is damaged, or does not begin and end as an archive of ours. */
  | 'tar'
  /** An entry is not what index or manifest say of it. */
  | 'entry'
  /** A component is not what the manifest says of it. */
  | 'component'
  /** The manifest beside the archive and the one inside it differ, or one is missing. */
  | 'manifest'
  /** A database dump does not end or begin as a whole one does. */
  | 'dump'
  /** A hard link names nothing before it. */
  | 'hard-link'
  /** Not made by Holdfast, or repacked: it can be read and restored from, but nothing says that it is complete. */
  | 'foreign'

export interface Finding {
  readonly code: FindingCode
  /** One sentence. */
  readonly message: string
  /** The entry as a `RemoteName`, where it is about one. */
  readonly path: string | null
}

export interface VerifyCounts {
  /** Stored bytes that were read. */
  bytes: number
  segments: number
  entries: number
  files: number
  folders: number
  links: number
  /** Bytes of file contents. */
  contentBytes: number
  /** Dumps whose beginning or end was looked at. */
  dumps: number
}

/**
 * What a check came to. `good`: everything that the level looks at is as it must be. `foreign`: readable, but
 * nobody can say that it is complete. `damaged`: do not trust it; `findings` say where.
 */
export interface VerifyReport {
  readonly level: VerifyLevel
  readonly verdict: 'good' | 'foreign' | 'damaged'
  readonly counts: Readonly<VerifyCounts>
  /** The first 1,000. */
  readonly findings: readonly Finding[]
  readonly findingCount: number
}

const kept = 1000

/** Gathers what a check finds. */
export class Findings {
  readonly #list: Finding[] = []
  #count = 0
  #damage = false
  readonly counts: VerifyCounts = {
    bytes: 0,
    segments: 0,
    entries: 0,
    files: 0,
    folders: 0,
    links: 0,
    contentBytes: 0,
    dumps: 0,
  }

  add(code: FindingCode, message: string, path: string | null = null): void {
    this.#count += 1
    if (code !== 'foreign') this.#damage = true
    if (this.#list.length < kept) this.#list.push({ code, message, path })
  }

  report(level: VerifyLevel): VerifyReport {
    const verdict = this.#damage ? 'damaged' : this.#count > 0 ? 'foreign' : 'good'
    return { level, verdict, counts: this.counts, findings: this.#list, findingCount: this.#count }
  }
}
