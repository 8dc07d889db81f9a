import type { ConfigurationFile } from '../../../../shared/model/restore-plan.ts'
import type { RestoreContext } from '../restore-context.ts'
import { ArchivedTree } from './archived-tree.ts'
import { TreeComparison } from './compare-trees.ts'
import { readConfiguration } from './configuration.ts'
import { KeptRules } from './kept-rules.ts'
import { lookAtTarget, type TargetEntry, type TargetFacts } from './target-look.ts'
import type { TreeRoot } from './tree-roots.ts'

/** A tree of the archive beside what lies at its place now. */
export interface ComparedTree {
  readonly tree: TreeRoot
  readonly facts: TargetFacts
  readonly archived: ArchivedTree
  readonly comparison: TreeComparison
  readonly rules: KeptRules
  readonly configuration: readonly ConfigurationFile[]
}

const tag = Buffer.from('.nobackup')

/** Of so many entries at most the first look is kept for the comparison; of more the place is looked at again. */
const kept = 20_000

/**
 * Looks at a tree's place for what must be known beforehand, then compares. Changes nothing. `planned`:
 * what a plan says of the configuration, which otherwise is read from the archive.
 */
export async function lookAndCompare(
  context: RestoreContext,
  tree: TreeRoot,
  planned?: readonly ConfigurationFile[],
): Promise<ComparedTree> {
  const { archive, mapping, request } = context
  const tags: Buffer[] = []
  const entries: TargetEntry[] = []
  let count = 0
  const only = { only: tree.items }
  const facts = await lookAtTarget(
    context,
    tree.root,
    (entry) => {
      const { path, type } = entry
      count += 1
      if (count <= kept) entries.push(entry)
      if (type === 'file' && path.subarray(path.lastIndexOf(0x2f) + 1).equals(tag)) tags.push(path)
    },
    only,
  )
  const rules = new KeptRules(archive, tree, facts.mounts)
  for (const path of tags) rules.tag(path)
  const leaves = [...tree.held.map(({ path }) => path), ...facts.mounts]
  const archived = new ArchivedTree(archive, { ...tree, leaves })
  const configuration = planned ?? (await readConfiguration(context, archived))
  archived.rewrite(configuration)
  const { keepExtra } = request
  const { trusted } = archive
  const comparison = new TreeComparison({ archived, rules, items: tree.items, keepExtra, mapping, trusted })
  if (count <= kept) for (const entry of entries) comparison.take(entry)
  else await lookAtTarget(context, tree.root, (entry) => comparison.take(entry), only)
  comparison.finish()
  return { tree, facts, archived, comparison, rules, configuration }
}
