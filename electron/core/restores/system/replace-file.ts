import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { fromRemoteName } from '../../../../shared/remote-name.ts'
import type { StepContext } from '../restore-context.ts'
import type { StepKind } from '../step-kind.ts'
import { bringFile, exchangeFile, isPlaced, settleFile } from './place-file.ts'

type Step = StepOf<'replace-file'>

function contentOf({ from }: Step, { archive, signal }: StepContext): AsyncIterable<Buffer> {
  const entry = archive.reader.stat(Buffer.from(fromRemoteName(from)))
  if (entry?.type !== 'file')
    throw new AppError('corrupt', `${from} is not in the archive any more. Nothing of it was changed.`)
  return archive.reader.content(entry, { signal }) as AsyncIterable<Buffer>
}

/** One file of the archive in the place of one over there; the old one stays beside it until `commit`. */
export const replaceFile: StepKind<Step> = {
  prepare: (step, context) => bringFile(step, context, contentOf(step, context)),
  apply: (step, context) => exchangeFile(step, context),
  async check(step, context) {
    const good = await isPlaced(step, context)
    return {
      ...{ component: step.component, unit: 'files', of: 1, good: good ? 1 : 0 },
      how: 'SHA-256, owner and mode',
      bad: good ? [] : [`${step.path} is not the file that was put there.`],
    }
  },
  rollback: (step, context) => settleFile(step, context, 'rollback'),
  commit: (step, context) => settleFile(step, context, 'commit'),
  remove: (step, context) => settleFile(step, context, 'remove'),
}
