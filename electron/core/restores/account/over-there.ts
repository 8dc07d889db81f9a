import { AppError } from '../../../../shared/errors.ts'
import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { fromRemoteName, toRemoteName } from '../../../../shared/remote-name.ts'
import type { ScriptEnd, ScriptValues } from '../../remote/shell.ts'
import { Secret } from '../../secrets/secret.ts'
import type { StepContext } from '../restore-context.ts'

type Step = StepOf<'create-account'>

/** Runs one action of `account-make.sh` for the account of a step. */
export function onAccount(
  step: Step,
  { target, mark, signal }: StepContext,
  {
    action,
    args = [],
    ...more
  }: ScriptValues & { readonly action: string; readonly args?: readonly string[] },
): Promise<ScriptEnd> {
  const bytes = (name: string) => fromRemoteName(name)
  const values: ScriptValues = {
    ...{ user: bytes(step.account), uid: step.uid, gid: step.gid, home: bytes(step.home), mark, made: '' },
    ...{ group: bytes(step.group), makes_group: step.makesGroup ? 1 : 0, shell: step.shell },
    ...{ groups: step.groups.join(','), mode: step.homeMode.toString(8), owner: bytes(step.homeOwner) },
    ...{ home_group: bytes(step.homeGroup), gecos: bytes(step.gecos), hash: new Secret(''), aged: '' },
    ...more,
    action,
  }
  return target.shell.run('account-make', { values, args: args.map(bytes), signal })
}

/** Why an action did not go, in the server's words. */
export function refused(
  what: string,
  step: Step,
  { end, left }: { readonly end: ScriptEnd; readonly left: string },
): AppError {
  const lines = end.stderr.map((line) => toRemoteName(line)).filter((line) => line.trim() !== '')
  return new AppError(
    'remote-failed',
    `The account ${step.account} could not be ${what} (${lines.slice(-2).join(' ') || 'no reason given'}). ${left}`,
    { details: { codes: Object.fromEntries(end.codes), stderr: lines.slice(-20) } },
  )
}
