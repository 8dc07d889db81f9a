import { formatCount, plural } from '../../shared/format.ts'
import type { Backup, ComponentKind } from '../../shared/model/backup.ts'
import { componentWords, itemWords } from './component-words.ts'

type Component = Pick<Backup['components'][number], 'kind' | 'name' | 'items' | 'bytes'>

/** What people see as one part of a backup: its databases, say, of whatever server. */
export interface BackupPart {
  /** Of the first of its components. */
  readonly kind: ComponentKind
  readonly title: string
  readonly bytes: number
  /** How much of it there is: `3`, `38,418`, `3 entries`. */
  readonly count: string
  /** The same with what is counted, or the names of databases. */
  readonly about: string
  /** Whether its size says anything. */
  readonly sized: boolean
}

const titles: Readonly<Partial<Record<ComponentKind, string>>> = {
  mysql: 'Databases',
  postgresql: 'Databases',
}

function partOf(title: string, components: readonly Component[]): BackupPart | null {
  const [first] = components
  if (first === undefined) return null
  const { kind } = first
  const items = components.reduce((sum, each) => sum + each.items, 0)
  const bytes = components.reduce((sum, each) => sum + each.bytes, 0)
  const common = { kind, title, bytes, sized: kind !== 'cron' }
  if (kind === 'mysql' || kind === 'postgresql') {
    const named = components.map(({ name }) => name).filter((name) => name !== kind)
    const about = named.length > 0 ? named.join(', ') : plural(items, 'database')
    return { ...common, count: formatCount(named.length > 0 ? named.length : items), about }
  }
  if (kind === 'cron') {
    const entries = plural(items, 'entry', 'entries')
    return { ...common, count: entries, about: entries }
  }
  return { ...common, count: formatCount(items), about: `${formatCount(items)} ${itemWords(kind, items)}` }
}

/** The parts of a backup, in the order of its components. */
export function backupParts(components: readonly Component[]): readonly BackupPart[] {
  const byTitle = Map.groupBy(components, ({ kind }) => titles[kind] ?? componentWords[kind])
  return [...byTitle].flatMap(([title, of]) => partOf(title, of) ?? [])
}
