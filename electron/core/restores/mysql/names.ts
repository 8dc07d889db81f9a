import { createHash } from 'node:crypto'

/** What a restore calls what is its own on a database server. */
export interface OwnNames {
  /** The database that a dump is read into. */
  readonly scratch: string
  /** The database where old tables wait until the new ones are checked. */
  readonly old: string
  /** The login that reads the dump; always at localhost. */
  readonly login: string
}

/**
 * Names for one database of a restore, the same each time. Only root makes them, so they have no account's prefix: its
 * users, who often may do anything in databases of their prefix, have no rights there.
 */
export function ownNames(mark: string, database: string): OwnNames {
  const digits = createHash('sha256').update(`${mark} ${database}`).digest('hex').slice(0, 8)
  return { scratch: `hf_${digits}`, old: `ho_${digits}`, login: `hf_${digits}` }
}

/** The name of the old tables' database, by that of the second one. */
export function namesOf(scratch: string): OwnNames {
  return { scratch, old: `ho_${scratch.slice('hf_'.length)}`, login: scratch }
}
