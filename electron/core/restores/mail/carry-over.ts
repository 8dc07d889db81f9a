import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { Staging } from '../files/staging.ts'
import type { StepContext } from '../restore-context.ts'
import { keyOf, messageKey } from './archived-mail.ts'
import { bytesOf, joined, lookAtBox, placeInRoot } from './box-look.ts'

type Step = StepOf<'put-mailbox'>
type Area = 'old' | 'new' | 'late'

/** The staging folder of a step, where its owner does all of the work. */
export function stagingOf(step: Step, context: StepContext): Staging {
  return new Staging({ ...step, method: 'inside' }, context)
}

interface Group {
  readonly from: Buffer
  readonly to: Buffer
  readonly names: Buffer[]
}

/** What lies in `late` was put aside as `RANDOM/it`. */
const lateName = /^[^/]+\/it\//

/**
 * Brings messages that came while a mailbox was exchanged, to the folder of what is in use, with their flags, or to the
 * inbox where that folder is not there. `isKnown`: messages that are not to come. Returns how many came. Looks again
 * until there is nothing more.
 */
export async function carryOver(
  step: Step,
  context: StepContext,
  { area, isKnown }: { readonly area: Area; readonly isKnown: (message: string) => boolean },
): Promise<number> {
  const staging = stagingOf(step, context)
  const inRoot = placeInRoot(step)
  const place = joined(Buffer.from(`${staging.name}/${area}`), area === 'late' ? Buffer.alloc(0) : inRoot)
  const folder = joined(bytesOf(step.root), place)
  let carried = 0
  for (let tries = 0; tries < 5; tries += 1) {
    const there = await lookAtBox(context, step, folder)
    if (there.facts.there !== 'folder') return carried
    const live = await lookAtBox(context, step)
    const groups = new Map<string, Group>()
    for (const paths of there.messages.values()) {
      for (const path of paths) {
        const own = Buffer.from(area === 'late' ? keyOf(path).replace(lateName, '') : keyOf(path), 'latin1')
        const message = messageKey(own)
        if (message !== null && (isKnown(message) || live.messages.has(message))) continue
        const at = path.lastIndexOf(0x2f)
        const wanted = own.subarray(0, Math.max(0, own.lastIndexOf(0x2f)))
        const isThere = live.entries.get(keyOf(wanted))?.type === 'directory'
        const to = isThere && wanted.length > 0 ? wanted : Buffer.from(path.includes(':2,') ? 'cur' : 'new')
        const key = `${keyOf(path.subarray(0, at))}\0${keyOf(to)}`
        const group = groups.get(key) ?? { from: path.subarray(0, at), to, names: [] }
        group.names.push(path.subarray(at + 1))
        groups.set(key, group)
      }
    }
    if (groups.size === 0) return carried
    for (const { from, to, names } of groups.values()) {
      const source = joined(joined(Buffer.from(area), area === 'late' ? Buffer.alloc(0) : inRoot), from)
      await staging.carry(source, joined(inRoot, to), names)
      carried += names.length
    }
  }
  return carried
}
