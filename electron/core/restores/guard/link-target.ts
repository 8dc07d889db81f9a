import { isUp, joinNames, segments } from './entry-path.ts'
import type { Members } from './members.ts'

/** Linux takes no longer target. */
const targetCap = 4095

/** Why no system has a symbolic link with this target, or null. */
export function badTarget(target: Buffer | null): string | null {
  if (target === null || target.length === 0) return 'it is a link without a target'
  if (target.includes(0)) return 'its target has a NUL'
  return target.length > targetCap ? `its target is longer than ${targetCap} bytes` : null
}

/**
 * Why a link of an archive that is not ours is refused, or null: its target must be relative, stay in the tree, and
 * go through no other link, of which nobody knows where it leads. `names` are those of the link.
 */
export function leavesTree(names: readonly Buffer[], target: Buffer, members: Members): string | null {
  if (target[0] === 0x2f) return 'it is a link to an absolute path'
  const stack = names.slice(0, -1)
  const steps = segments(target)
  for (const [n, step] of steps.entries()) {
    if (isUp(step)) {
      if (stack.pop() === undefined) return 'it is a link that leads out of the tree'
      continue
    }
    stack.push(step)
    if (n < steps.length - 1 && members.isNoFolder(joinNames(stack))) {
      return 'it is a link through another link or a file'
    }
  }
  return null
}
