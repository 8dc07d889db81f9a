import { plural } from '../../../../shared/format.ts'
import type { ComponentPlan, PlanSpace } from '../../../../shared/model/restore-plan.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import type { PlanContext } from '../restore-context.ts'
import { nothingPlanned, type NewStep, type Restorer } from '../restorer.ts'
import { lookAndCompare, type ComparedTree } from './look-and-compare.ts'
import { neededBytes, treeNotes } from './tree-notes.ts'
import { wantedTrees } from './tree-roots.ts'

/** How a tree is exchanged: beside it where only root can get between, else in it, as the account. */
function methodOf({ facts }: ComparedTree, { target }: PlanContext): 'exchange' | 'inside' {
  const safe = target.shell.privilege !== 'user' && facts.safe && facts.alone
  const beside = safe && !facts.apart && !facts.project
  return beside ? 'exchange' : 'inside'
}

function stepOf(compared: ComparedTree, context: PlanContext): NewStep {
  const { tree, comparison, facts } = compared
  const { mapping, request } = context
  const root = toRemoteName(facts.there === 'folder' ? facts.physical : tree.root)
  const rewritten = compared.configuration.filter(({ result }) => result !== null).length
  const but = rewritten === 0 ? '' : `, ${plural(rewritten, 'configuration file')} rewritten for the target`
  const what = tree.items.length === 0 ? 'everything' : `${tree.items.length} of its paths`
  return {
    ...{ kind: 'put-tree', component: tree.component, from: toRemoteName(tree.from), root },
    ...{ account: mapping.user.to, uid: mapping.uid.to, gid: mapping.gid.to },
    method: methodOf(compared, context),
    items: tree.items.map(toRemoteName),
    kept: comparison.keptPaths.map(toRemoteName).sort(),
    keepExtra: request.keepExtra || compared.rules.cut,
    configuration: [...compared.configuration],
    title: `Put ${what} of ${root} as it is in the backup${but}`,
    undo: facts.there === 'none' ? `Removes ${root}` : 'Puts back what was there before',
  }
}

function planOf({ tree, comparison, archived }: ComparedTree): ComponentPlan {
  const { added, overwritten, deleted, kept, unchanged } = comparison
  return {
    ...{ kind: tree.kind, component: tree.component, unit: 'files', unchanged, bytes: archived.bytes },
    ...{ added: added.list, overwritten: overwritten.list, deleted: deleted.list, kept: kept.list },
  }
}

function spaceOf(compared: ComparedTree): PlanSpace {
  const needed = neededBytes(compared)
  return {
    path: toRemoteName(compared.tree.root),
    during: needed,
    after: Math.max(0, needed - compared.comparison.deletedBytes),
    free: compared.facts.freeBytes,
  }
}

/** The home and the further folders of an account: one step each. */
export const filesRestorer: Restorer = {
  kinds: ['files', 'paths'],
  scopes: ['full', 'files'],
  async plan(context) {
    const steps: NewStep[] = []
    const components: ComponentPlan[] = []
    const space: PlanSpace[] = []
    const trees = wantedTrees(context)
    if (trees.length === 0) return nothingPlanned
    for (const tree of trees) {
      const compared = await lookAndCompare(context, tree)
      for (const note of treeNotes(compared, context)) context.note(note)
      steps.push(stepOf(compared, context))
      components.push(planOf(compared))
      space.push(spaceOf(compared))
    }
    return { steps, components, space, offline: [] }
  },
}
