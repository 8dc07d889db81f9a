import { posix } from 'node:path'
import type { MappedDatabase, MappedPath, RestoreMapping } from '../../../../shared/model/restore-mapping.ts'
import type { RestoreArchive } from '../restore-context.ts'
import { throwawayPrefix } from '../../../../shared/throwaway.ts'

/** The name of a throwaway account; `random`: 4 bytes. */
export function throwawayName(random: Uint8Array): string {
  return `${throwawayPrefix}${Buffer.from(random).toString('hex')}`
}

/** The parent of what had the home `home`; `/home` where that is no folder for homes. */
function parentOf(home: string): string {
  const parent = posix.dirname(home)
  return parent === '/' || !/^[\x21-\x7e]+$/.test(parent) ? '/home' : parent
}

/** Beside the home: everything of the account that lay elsewhere. */
export function furtherFolder(home: string): string {
  return `${home}_paths`
}

/**
 * A mapping that gives everything a name of the throwaway account: its home beside where the old one was, further
 * paths and mail below folders that are its own, databases and their users by number. Nothing keeps a name of before,
 * so nothing that the server has can be meant.
 */
export function throwawayMapping(mapping: RestoreMapping, archive: RestoreArchive): RestoreMapping {
  const { to: account } = mapping.user
  const home = `${parentOf(mapping.home.from)}/${account}`
  const elsewhere = (path: string) => !`${path}/`.startsWith(`${mapping.home.from}/`)
  const numbered = (rows: readonly MappedDatabase[]): MappedDatabase[] =>
    rows.map((row, at) => ({ ...row, to: `${account}_${at + 1}` }))
  const below = (folder: string, paths: readonly string[]) =>
    [...new Set(paths)].filter(elsewhere).map((from) => ({ from, to: `${folder}${from}` }))
  const boxes = archive.account?.mailboxes.map(({ path }) => path) ?? []
  const domain = ({ from, to }: MappedPath) => ({ from, to: elsewhere(from) ? `${home}/mail${from}` : to })
  return {
    ...mapping,
    home: { from: mapping.home.from, to: home },
    paths: [
      ...below(furtherFolder(home), [...mapping.paths.map(({ from }) => from), ...furtherPathsOf(archive)]),
      ...below(`${home}/mail`, boxes),
    ],
    databases: numbered(mapping.databases),
    databaseUsers: numbered(mapping.databaseUsers),
    domains: mapping.domains.map(({ from, paths }) => ({
      ...{ from, to: `${from}.${account}`, paths: paths.map(domain) },
    })),
  }
}

/** The archive as a throwaway account gets it: nobody can log in, it is in no group, and no service of it starts. */
export function forThrowaway(archive: RestoreArchive): RestoreArchive {
  const { account } = archive
  const closed = { shell: '/usr/sbin/nologin', groups: [], linger: false, quota: [] }
  return { ...archive, credentials: null, account: account === null ? null : { ...account, ...closed } }
}

/** Absolute further paths that an archive may hold, as the backup's server called them. */
function furtherPathsOf({ facts, account }: RestoreArchive): string[] {
  const named = facts?.components.flatMap(({ kind, name }) => (kind === 'paths' ? [name] : [])) ?? []
  const all = [...named, ...(account?.paths ?? []), ...(account?.documentRoots ?? [])]
  return all.filter((path) => path.startsWith('/'))
}
