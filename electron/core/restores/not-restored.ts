import type { ComponentKind, Scope } from '../../../shared/model/backup.ts'
import { advise, type Remedy } from '../../../shared/advice.ts'
import type { PlanNote } from '../../../shared/model/restore-plan.ts'
import type { ArchiveReader } from '../archive/reader.ts'

const extract = { way: 'extract' } as const

/** Where components lie in an archive, what people call them, and how they are put back by hand (FORMAT §2). */
const places: readonly {
  kind: ComponentKind
  folder: string
  name: string
  scopes: readonly Scope[]
  byHand: Remedy
}[] = [
  {
    ...{ kind: 'mysql', folder: 'databases/mysql', name: 'MySQL databases', scopes: ['full', 'databases'] },
    byHand: advise`Take the dumps out ${extract} and read them in with mysql.`,
  },
  {
    ...{ kind: 'postgresql', folder: 'databases/postgresql', name: 'PostgreSQL databases' },
    scopes: ['full', 'databases'],
    byHand: advise`Take the dumps out ${extract} and read them in with pg_restore.`,
  },
  {
    ...{ kind: 'mail', folder: 'mail', name: 'Mailboxes', scopes: ['full', 'email'] },
    byHand: advise`Take them out ${extract} and put them into the Maildirs.`,
  },
  {
    ...{ kind: 'config', folder: 'config', name: 'Configuration of the web server, PHP and certificates' },
    scopes: ['full'],
    byHand: advise`The plan compares it with the target; take over by hand what is needed there, ${extract}.`,
  },
]

/**
 * What of an archive was asked for and nobody here puts back: a note each, so that a restore never passes for more than
 * it is. `known`: the kinds that have a restorer.
 */
export function notRestored(
  reader: ArchiveReader,
  {
    scope,
    items,
    known,
  }: {
    readonly scope: Scope
    readonly items: readonly Buffer[] | null
    readonly known: ReadonlySet<ComponentKind>
  },
): PlanNote[] {
  return places.flatMap(({ kind, folder, name, scopes, byHand }): PlanNote[] => {
    if (known.has(kind) || !scopes.includes(scope)) return []
    const within = (item: Buffer) => `${item.toString('latin1')}/`.startsWith(`${folder}/`)
    if (items !== null && !items.some(within)) return []
    if (reader.list(Buffer.from(folder)).length === 0) return []
    const text = `${name} in this archive are not restored by this version of Holdfast.`
    return [{ level: kind === 'config' ? 'info' : 'warning', code: 'not-restored', text, ...byHand }]
  })
}
