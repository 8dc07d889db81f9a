import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { crontabOf } from './restorer.ts'
import { cronLines } from '../crontab-lines.ts'
import { disableCrontab, installable } from '../crontab.ts'
import { crontabPlace, readCrontab, writeCrontab } from './over-there.ts'
import type { StepContext } from '../restore-context.ts'
import type { StepKind } from '../step-kind.ts'

type Step = StepOf<'install-crontab'>

async function wantedBytes({ enabled }: Step, context: StepContext): Promise<Buffer> {
  const wanted = await crontabOf(context)
  if (wanted === null)
    throw new AppError('corrupt', 'The crontab is not in the archive any more. Nothing of it was changed.')
  return installable(enabled ? wanted.bytes : disableCrontab(wanted.bytes, context.mark))
}

/** The crontab of before, as the step has noted it. */
function before({ noted }: StepContext): Buffer | null {
  const { crontab } = noted()
  return typeof crontab === 'string' ? Buffer.from(crontab, 'base64') : null
}

/** Installs a crontab. What was there before lies in the journal. */
export const installCrontab: StepKind<Step> = {
  async apply(step, context) {
    const now = await readCrontab(crontabPlace(context))
    await context.noteFacts({ crontab: now?.toString('base64') ?? null, made: now === null })
    await writeCrontab(crontabPlace(context), await wantedBytes(step, context))
  },
  async check(step, context) {
    const wanted = await wantedBytes(step, context)
    const now = (await readCrontab(crontabPlace(context))) ?? Buffer.alloc(0)
    const of = cronLines(wanted).length
    const same = now.equals(wanted)
    return {
      ...{ component: step.component, unit: 'lines', of, good: same ? of : 0 },
      how: 'read back, byte for byte',
      bad: same ? [] : ['The crontab at the target is not the one that was installed.'],
    }
  },
  async rollback(_step, context) {
    if (context.noted()['made'] === undefined) return
    const now = await readCrontab(crontabPlace(context))
    const then = before(context)
    if (then === null ? now !== null : now?.equals(then) !== true)
      await writeCrontab(crontabPlace(context), then)
  },
  commit: () => Promise.resolve(),
  async remove(_step, context) {
    if ((await readCrontab(crontabPlace(context))) !== null) await writeCrontab(crontabPlace(context), null)
  },
}
