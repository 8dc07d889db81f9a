import type { PlanSpace } from '../../../shared/model/restore-plan.ts'
import type { PlanContext } from './restore-context.ts'

/** A database takes about twice what its dump does, with its keys and indexes. */
const growth = 2

/** The room that second databases take below the database server's `folder`; notes a blocker where there is less. */
export function secondDatabasesSpace(
  { target, note }: PlanContext,
  folder: string,
  dumps: readonly { readonly entry: { readonly size: number } }[],
): PlanSpace {
  const during = dumps.reduce((sum, { entry }) => sum + entry.size * growth, 0)
  const { freeBytes } = target.survey
  const [mount] = Object.keys(freeBytes)
    .filter((path) => `${folder}/`.startsWith(path === '/' ? '/' : `${path}/`))
    .sort((a, b) => b.length - a.length)
  const free = mount === undefined ? null : (freeBytes[mount] ?? null)
  if (free !== null && free < during) {
    note({
      ...{ level: 'blocker', code: 'space' },
      text: `The second copies of the databases take about ${Math.ceil(during / 1e6)} MB, and ${folder} has ${Math.floor(free / 1e6)} MB free.`,
      remedy: 'Make room there, or restore the databases one by one.',
    })
  }
  return { path: folder, during, after: 0, free }
}
