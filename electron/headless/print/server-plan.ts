import { formatBytes, plural } from '../../../shared/format.ts'
import type { ServerRestorePlan } from '../../../shared/model/restore-server.ts'
import { briefConfiguration, noteLines } from './plan.ts'

/** The plan of a whole server, for people: what is in the way first, then each account in its turn. */
export function describeServerPlan(plan: ServerRestorePlan): string {
  const { from, to, accounts, missing, notes, space } = plan
  return [
    `Restore ${plural(accounts.length, 'account')} of ${from} on ${to.server} (${to.host}), which gets them all`,
    ...(notes.length === 0 ? [] : ['', ...notes.flatMap(noteLines)]),
    '',
    'In this order',
    ...accounts.flatMap(({ account, plan: { from: backup, mapping, steps } }, at) => [
      `  ${String(at + 1).padStart(2)}  ${account} (uid ${mapping.uid.to}) from ${backup.name}${backup.startedAt === null ? '' : `, made ${backup.startedAt}`}`,
      ...[...steps.map(({ title }) => title), ...briefConfiguration(steps)].map((line) => `        ${line}`),
    ]),
    ...(missing.length === 0 ? [] : ['', 'Not restored']),
    ...missing.map(({ account, why }) => `  ${account}: ${why}`),
    '',
    ...space.map(
      ({ path, during, free }) =>
        `Space on ${path}: ${formatBytes(during)}${free === null ? '' : `, ${formatBytes(free)} free`}`,
    ),
    'Undo: the accounts that this makes are removed again.',
    `Digest ${plan.digest}`,
  ].join('\n')
}
