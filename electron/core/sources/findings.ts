import type { AccountSource, DiscoveryNote, Evidence, Unanswered } from '../../../shared/model/source.ts'
import type { FoundLogin } from './config/config-file.ts'
import type { FoundDatabase } from './evidence.ts'

/** A mailbox of a server, whoever holds it. Paths are `RemoteName`s. */
export interface FoundMailbox {
  readonly domain: string | null
  readonly name: string
  readonly path: string
  readonly uid: number
  readonly gid: number
  /** The accounts that hold it, with the reasons. */
  readonly owners: readonly { readonly account: string; readonly evidence: readonly Evidence[] }[]
}

/** A folder that a web server serves from and that lies in no home. */
export interface FoundRoot {
  readonly path: string
  /** The virtual host file that names it. */
  readonly where: string
}

/** A job of root's crontab or of a system crontab that is not a package's own. */
export interface FoundCronJob {
  readonly command: string
  readonly where: string
  /** Whether a source holds the file that it stands in. */
  readonly claimed: boolean
}

/** All that an adapter found, before the admin's word and the tally of what nobody claims. */
export interface Findings {
  readonly sources: readonly AccountSource[]
  /** Every database of every server, also what no source holds. */
  readonly databases: readonly FoundDatabase[]
  readonly mailboxes: readonly FoundMailbox[]
  readonly roots: readonly FoundRoot[]
  readonly cronJobs: readonly FoundCronJob[]
  /** Logins that the accounts' configuration files hold, by account. */
  readonly logins: ReadonlyMap<string, readonly FoundLogin[]>
  readonly notes: readonly DiscoveryNote[]
  readonly failed: readonly Unanswered[]
}

/** Whether `path` is `folder` or lies in it. Nothing lies in `/`: a home of `/` holds nothing. */
export function isWithin(path: string, folder: string): boolean {
  const top = folder.replace(/\/+$/, '')
  return top !== '' && (path === top || path.startsWith(`${top}/`))
}
