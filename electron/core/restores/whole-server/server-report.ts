import type { RestoreReport } from '../../../../shared/model/restore-report.ts'
import { undoDays } from '../make-plan.ts'
import type { RestoreJobParts } from '../restore-job.ts'
import type { ServerJournal } from './server-journal.ts'

/** One report over all accounts: what each came to, by its own report; who failed and who has no backup. */
export function serverReport(
  journal: ServerJournal,
  { journals, clock }: Pick<RestoreJobParts, 'journals' | 'clock'>,
): RestoreReport {
  const { job, plan, startedAt } = journal.entry
  const reports = plan.accounts.map(({ account }) => {
    const { state, restore, error } = journal.progressOf(account)
    const report =
      restore === null || state !== 'done' ? null : (journals.find(restore)?.entry.report ?? null)
    return { account, state, error, report }
  })
  const whole = reports.every(({ report }) => report?.outcome === 'restored') && plan.missing.length === 0
  const now = clock.now()
  const until = new Date(now.getTime() + undoDays * 24 * 3_600_000).toISOString()
  return {
    ...{ format: 1, job, startedAt, finishedAt: now.toISOString(), from: plan.from, to: plan.to.server },
    outcome: whole ? 'restored' : 'restored-in-part',
    components: reports.flatMap(({ account, report }) =>
      (report?.components ?? []).map((one) => ({ ...one, component: `${account}: ${one.component}` })),
    ),
    remarks: [
      ...plan.missing.map(({ account, why }) => ({
        text: `${account} was not restored: ${why}.`,
        remedy: `Look at what there is of it with: holdfast backups ${plan.from}/${account}`,
      })),
      ...reports.flatMap(({ account, state, error, report }) => [
        ...(state === 'done'
          ? []
          : [
              {
                text: `${account} was not restored: ${error ?? 'its turn did not come'}`,
                remedy: `Try again with: holdfast restore resume ${job}`,
              },
            ]),
        ...(report?.remarks ?? []).map((remark) => ({ ...remark, text: `${account}: ${remark.text}` })),
      ]),
    ],
    recoverySeconds: null,
    undo: { command: `holdfast undo ${job} --confirm ${plan.to.server}`, until, backup: null },
  }
}
