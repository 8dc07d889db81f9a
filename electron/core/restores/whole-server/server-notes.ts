import { advise } from '../../../../shared/advice.ts'
import type { PlanNote, PlanSpace } from '../../../../shared/model/restore-plan.ts'
import type { AccountOfPlan } from '../../../../shared/model/restore-server.ts'
import type { Survey } from '../../../../shared/model/server.ts'
import { fromRemoteName } from '../../../../shared/remote-name.ts'

/** What is taken at the target, which a person wants to know first. */
const conflicts = new Set(['uid-taken', 'name-taken', 'home-taken', 'group-taken', 'conflict'])

function rank({ level, code }: PlanNote): number {
  if (level === 'blocker') return 0
  return conflicts.has(code) ? 1 : 2
}

/** Databases that more than one account would make. */
function twiceMade(accounts: readonly AccountOfPlan[]): PlanNote[] {
  const makers = new Map<string, string>()
  return accounts.flatMap(({ account, plan }) =>
    plan.mapping.databases.flatMap(({ engine, to }): PlanNote[] => {
      const other = makers.get(`${engine} ${to}`)
      makers.set(`${engine} ${to}`, other ?? account)
      if (other === undefined) return []
      const text = `${account}: the database ${to} is in the backup of ${other} too, and only one of them can make it.`
      return [
        {
          level: 'blocker',
          code: 'conflict',
          text,
          ...advise`Leave one out, ${{ way: 'without', account }}.`,
        },
      ]
    }),
  )
}

/** The room that all accounts take together, by file system, as far as the survey tells these apart. */
export function serverSpace(accounts: readonly AccountOfPlan[], { freeBytes }: Survey): PlanSpace[] {
  const byFree = new Map<number | null, PlanSpace>()
  for (const space of accounts.flatMap(({ plan }) => plan.space)) {
    const path = Buffer.from(fromRemoteName(space.path)).toString('latin1')
    const [mount] = Object.keys(freeBytes)
      .filter((folder) => `${path}/`.startsWith(folder === '/' ? '/' : `${folder}/`))
      .sort((a, b) => b.length - a.length)
    const free = mount === undefined ? null : (freeBytes[mount] ?? null)
    const { path: first, during, after } = byFree.get(free) ?? { path: mount ?? '/', during: 0, after: 0 }
    byFree.set(free, { path: first, during: during + space.during, after: after + space.during, free })
  }
  return [...byFree.values()]
}

/** What a person must know of a whole server, what forbids it first. */
export function serverNotes(accounts: readonly AccountOfPlan[], space: readonly PlanSpace[]): PlanNote[] {
  const own = accounts.flatMap(({ account, plan }) =>
    plan.notes
      .filter(({ level, code }) => level !== 'info' || conflicts.has(code))
      .map((note): PlanNote => ({ ...note, text: `${account}: ${note.text}` })),
  )
  const full = space.flatMap(({ path, during, free }): PlanNote[] => {
    if (free === null || free >= during) return []
    const text = `All accounts together take about ${Math.ceil(during / 1e6)} MB on ${path}, and ${Math.floor(free / 1e6)} MB are free there.`
    return [
      {
        ...{ level: 'blocker', code: 'space', text },
        ...advise`Make room, or leave accounts out ${{ way: 'without', account: null }}.`,
      },
    ]
  })
  return [...full, ...twiceMade(accounts), ...own].sort((a, b) => rank(a) - rank(b))
}
