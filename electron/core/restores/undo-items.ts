import { fromRemoteName } from '../../../shared/remote-name.ts'
import type { RestoreRequest } from '../../../shared/model/restore.ts'
import type { RestoreMapping } from '../../../shared/model/restore-mapping.ts'
import type { DatabaseEngine } from '../../../shared/model/source.ts'
import { encodedName } from '../collectors/encoded-name.ts'
import { decodedName } from './archive-databases.ts'
import { mapDatabase } from './mapping.ts'
import { mapRemoteName } from './mapping/map-path.ts'

function databaseItem(engine: DatabaseEngine, rest: string, mapping: RestoreMapping): string {
  const [, name = '', tail = ''] = /^([^/]*?)(\.sql|\.dump|\/.*)?$/s.exec(rest) ?? []
  const other = mapDatabase(mapping.databases, { engine, name: decodedName(name) })
  return `databases/${engine}/${other === null ? name : encodedName(fromRemoteName(other))}${tail}`
}

function mailItem(rest: string, { domains, user }: RestoreMapping): string {
  const [domain = '', box, ...more] = rest.split('/')
  const to = domains.find(({ from }) => from === domain)?.to ?? domain
  const own = domain === '_local' && box === user.from ? user.to : box
  return ['mail', to, ...(own === undefined ? [] : [own]), ...more].join('/')
}

/**
 * An item of a restore as a backup of its target calls it, where the account, its databases, paths or domains have
 * other names: for undo, which takes from such a backup what the restore replaced.
 */
export function itemAtTarget(item: string, mapping: RestoreMapping): string {
  const plain = item.replace(/\/+$/, '')
  const [, first = '', rest = ''] = /^([^/]*)\/(.*)$/s.exec(plain) ?? []
  if (first === 'mail') return mailItem(rest, mapping)
  if (first === 'paths') return `paths${mapRemoteName(mapping, `/${rest}`)}`
  if (first !== 'databases') return plain
  const [, engine, name = ''] = /^(mysql|postgresql)\/(.*)$/s.exec(rest) ?? []
  return engine === 'mysql' || engine === 'postgresql' ? databaseItem(engine, name, mapping) : plain
}

/** Whether a restore replaces nothing: a table under a name of its own, for the plan refuses names that are taken. */
export function addsOnly({ tableAs, items }: Pick<RestoreRequest, 'tableAs' | 'items'>): boolean {
  return tableAs !== null && items.length === 1
}
