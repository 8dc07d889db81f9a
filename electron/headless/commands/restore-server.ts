import { AppError } from '../../../shared/errors.ts'
import type { Job } from '../../../shared/model/job.ts'
import type { Scope } from '../../../shared/model/backup.ts'
import type { Client } from '../../../shared/client.ts'
import type { CommandContext } from '../command.ts'
import { describeServerPlan } from '../print/server-plan.ts'

/** What of `holdfast restore` counts for a whole server. */
export interface ServerRestoreOptions {
  readonly to: string
  readonly scope: Scope
  readonly create: boolean
  readonly enableCron: boolean
  readonly without: readonly string[]
  readonly plan: boolean
  readonly confirm: string | null
  /** Options that were given and that only single accounts have. */
  readonly others: readonly string[]
}

/** `holdfast restore SERVER --to SERVER --create`: shows the plan, or confirms it and starts. Exit code 5: forbidden. */
export async function restoreServer(
  { client, output }: CommandContext,
  from: string,
  options: ServerRestoreOptions,
): Promise<number | { readonly client: Client; readonly start: () => Promise<Job> }> {
  const { to, scope, enableCron, without, others } = options
  if (!options.create) {
    throw new AppError(
      'invalid-input',
      `Nothing was done. Say --to SERVER/ACCOUNT for one account, or --create to make all accounts of ${from} on ${to}.`,
    )
  }
  if (others.length > 0) {
    throw new AppError(
      'invalid-input',
      `${others.join(', ')} is for one account, not for a whole server. Nothing was done.`,
    )
  }
  const request = { from, to, scope, enableCron, without: [...without] }
  const connected = await client()
  const { plan } = await connected.call('restores.planServer', { request })
  if (options.plan) {
    output.result({ plan }, describeServerPlan(plan))
    return plan.notes.some(({ level }) => level === 'blocker') ? 5 : 0
  }
  output.note(describeServerPlan(plan))
  const { digest } = plan
  const confirm = options.confirm ?? ''
  const start = async () => (await connected.call('restores.startServer', { request, digest, confirm })).job
  return { client: connected, start }
}

/**
 * `holdfast restore resume JOB`: where it would not do what was confirmed, that is shown first, and must be confirmed.
 * Exit code 5: it is not yet, or is forbidden.
 */
export async function resumeUnfinished(
  { client, output }: CommandContext,
  job: string,
  { plan: only, confirm = '' }: { readonly plan?: boolean; readonly confirm?: string },
): Promise<number | (() => Promise<Job>)> {
  const connected = await client()
  const { plan } = await connected.call('restores.planResume', { job })
  if (only === true) {
    output.result({ plan }, plan === null ? 'It goes on as it was confirmed.' : describeServerPlan(plan))
    return plan?.notes.some(({ level }) => level === 'blocker') === true ? 5 : 0
  }
  if (plan !== null) output.note(describeServerPlan(plan))
  const digest = confirm === '' ? null : (plan?.digest ?? null)
  return async () => (await connected.call('restores.resume', { job, digest, confirm })).job
}
