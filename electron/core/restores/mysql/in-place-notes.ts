import type { PlanSpace } from '../../../../shared/model/restore-plan.ts'
import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import type { PlanContext } from '../restore-context.ts'
import type { Import } from './database-plan.ts'
import type { ImportMethod } from './method.ts'

/** What a server reads of a dump in a second, and what it takes for a table besides; both carefully guessed. */
const bytesPerSecond = 10e6
const secondsPerTable = 0.1

/** For about how long a site may see some tables new and others old, or none. */
export function secondsOf({ dump, tables }: Pick<Import, 'dump' | 'tables'>): number {
  return Math.ceil(dump.entry.size / bytesPerSecond + tables.length * secondsPerTable)
}

/** Notes that tables are replaced one by one, why, and what that means. */
export function noteInPlace(one: Import, { why }: ImportMethod, { note }: PlanContext): void {
  const { to, as } = one
  const what = as === null ? `the tables of ${to} are` : `the table ${as} of ${to} is`
  note({
    ...{ level: 'warning', code: 'in-place' },
    text: `${why} So ${what} removed, made and filled again one by one, which is not atomic: for about ${secondsOf(one)} s the site may see tables that are missing, half full or of two times. What goes is saved before, but what visitors write meanwhile is lost where it is taken back.`,
    remedy: 'Stop the site for that time if that matters.',
  })
}

/** The room that saved tables take in the home of who is logged in until the restore has been checked; noted where there is too little. */
export function spaceInPlace(context: PlanContext, imports: readonly Import[]): PlanSpace[] {
  const { target, note } = context
  const { source, shell } = target
  const isOwn = shell.privilege === 'user' && source !== null
  const home = isOwn ? Buffer.from(fromRemoteName(source.home)).toString() : '/root'
  const sizes = new Map(
    (source?.databases ?? []).flatMap(({ engine, name, bytes }) =>
      engine === 'mysql' ? [[name, bytes] as const] : [],
    ),
  )
  const during = imports.reduce((sum, { to }) => sum + (sizes.get(to) ?? 0), 0)
  const { freeBytes } = target.survey
  const [mount] = Object.keys(freeBytes)
    .filter((path) => `${home}/`.startsWith(path === '/' ? '/' : `${path}/`))
    .sort((a, b) => b.length - a.length)
  const free = mount === undefined ? null : (freeBytes[mount] ?? null)
  if (imports.length === 0) return []
  if (free !== null && free < during) {
    note({
      ...{ level: 'blocker', code: 'space' },
      text: `The old tables take about ${Math.ceil(during / 1e6)} MB when they are saved in ${home}, and that has ${Math.floor(free / 1e6)} MB free.`,
      remedy: 'Make room there, or restore the databases one by one.',
    })
  }
  return [{ path: toRemoteName(Buffer.from(home)), during, after: 0, free }]
}
