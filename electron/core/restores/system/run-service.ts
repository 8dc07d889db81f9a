import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { toRemoteName } from '../../../../shared/remote-name.ts'
import type { StepContext } from '../restore-context.ts'
import type { StepKind } from '../step-kind.ts'

type Step = StepOf<'run-service'>
type Action = Step['action'] | 'state'

async function onService({ service }: Step, { target, signal }: StepContext, action: Action) {
  const { codes, stderr } = await target.shell.run('run-service', { values: { service, action }, signal })
  return { code: codes.get('service'), stderr }
}

async function runs(step: Step, context: StepContext): Promise<boolean> {
  return (await onService(step, context, 'state')).code === 0
}

async function act(step: Step, context: StepContext, action: Step['action']): Promise<void> {
  const { code, stderr } = await onService(step, context, action)
  if (code === 0) return
  const last = stderr.at(-1)
  const said = last === undefined ? `code ${String(code)}` : toRemoteName(last)
  throw new AppError(
    'remote-failed',
    code === 127
      ? `The server has no service ${step.service}. Nothing of it was changed; see there what it is called.`
      : `The service ${step.service} did not ${action} (${said}). See on the server what its log says.`,
  )
}

/**
 * One action on a service. Taken back, a service runs again, or does not, as it did before; `when: 'taken-back'` stands
 * before the steps whose undoing a service must be told of, and does nothing else.
 */
export const runService: StepKind<Step> = {
  async apply(step, context) {
    if (step.when === 'taken-back') return
    await context.noteFacts({ ran: await runs(step, context) })
    await act(step, context, step.action)
    const stopped = step.action === 'stop'
    if ((await runs(step, context)) !== stopped) return
    throw new AppError(
      'remote-failed',
      `The service ${step.service} ${stopped ? 'still runs' : 'does not run'} after ${step.action}. See on the server what its log says.`,
    )
  },
  check: () => Promise.resolve(null),
  async rollback(step, context) {
    if (step.when === 'taken-back') {
      await act(step, context, step.action)
      return
    }
    const { ran } = context.noted()
    if (typeof ran !== 'boolean' || ran === (await runs(step, context))) return
    await act(step, context, ran ? 'start' : 'stop')
  },
  commit: () => Promise.resolve(),
}
