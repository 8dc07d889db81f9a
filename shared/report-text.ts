import type { RestoreReport } from './model/restore-report.ts'

const outcomes: Readonly<Record<RestoreReport['outcome'], string>> = {
  restored: 'restored',
  'restored-in-part': 'restored in part: see what is missing below',
  'rolled-back': 'taken back: everything is as it was before',
  interrupted: 'interrupted',
  undone: 'undone',
  proven: 'restored whole, checked and removed again',
  'proven-in-part': 'restored in part, checked and removed again: see what is missing below',
  'not-proven': 'not restored whole, and removed again: see what is wrong below',
}

/** What a restore came to, as Markdown that reads as plain text too. */
export function describeReport(report: RestoreReport): string {
  const { from, to, startedAt, finishedAt, components, remarks, undo, job, recoverySeconds } = report
  const seconds = Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)
  return [
    `# ${to}: ${outcomes[report.outcome]}`,
    '',
    `- from: ${from}`,
    `- finished: ${finishedAt}, after ${seconds} s`,
    ...(recoverySeconds === null ? [] : [`- a real recovery would take: ${recoverySeconds} s`]),
    `- job: ${job}`,
    '',
    ...components.flatMap(({ component, unit, good, of, how, bad }) => [
      `- ${component}: ${good} of ${of} ${unit} (${how})`,
      ...bad.slice(0, 20).map((line) => `  - ${line}`),
    ]),
    ...(remarks.length === 0 ? [] : ['', '## To know and to do', '']),
    ...remarks.map(({ text, remedy }) => `- ${text}${remedy === null ? '' : ` ${remedy}`}`),
    ...(undo === null || report.outcome === 'undone'
      ? []
      : ['', `Undo until ${undo.until}: \`${undo.command}\``]),
  ].join('\n')
}
