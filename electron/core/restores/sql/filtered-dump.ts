import type { Finding } from './findings.ts'
import type { TargetServer } from './lexing.ts'
import type { Program } from './programs.ts'
import type { Deferred } from './table-parts.ts'

export interface DumpFilterOptions {
  /** Where the dump goes; decides which conditional comments count and how programs are replaced. */
  readonly server: TargetServer
  /** Names that the dumped database has in the dump: one, unless several become one. */
  readonly sources: readonly string[]
  /** The name of the database that it becomes. */
  readonly target: string
  /** Whom programs belong to. */
  readonly definer: { readonly user: string; readonly host: string }
  /** Only this table: its structure, its rows and its triggers. Under another name it gets no triggers. */
  readonly table?: { readonly name: string; readonly as?: string }
  /** Each table and sequence is removed just before it is made. */
  readonly replaces?: boolean
}

/** A table that passed. */
export interface FilteredTable {
  readonly name: string
  /** The name that it gets. */
  readonly as: string
  readonly engine: string | null
  /** Rows that passed. */
  readonly rows: number
}

/** What was in a dump; complete when its statements have been read to the end. */
export interface FilteredDump {
  /** Whether the dump tool came to its end: the dump ends with "-- Dump completed". */
  readonly complete: boolean
  readonly tables: readonly FilteredTable[]
  readonly sequences: readonly string[]
  /** In the dump's order. */
  readonly programs: readonly Program[]
  /** To be run when the tables are where they belong. Foreign keys only where a single table was chosen. */
  readonly deferred: readonly Deferred[]
  /** Tables that foreign keys of the dump go out from or point to. */
  readonly linked: readonly string[]
  readonly collations: readonly string[]
  readonly findings: readonly Finding[]
  /** Findings of further kinds, not listed. */
  readonly unlisted: number
}
