import { escapeForDisplay, formatBytes, plural } from '../../../shared/format.ts'
import type {
  ComponentPlan,
  PlanList,
  PlanNote,
  RestorePlan,
  RestoreStep,
} from '../../../shared/model/restore-plan.ts'

const listed = 20

function listLines(title: string, list: PlanList): string[] {
  if (list.count === 0) return []
  const more = list.count - Math.min(list.count, listed)
  return [
    `    ${title} ${list.count}:`,
    ...list.first.slice(0, listed).map((line) => `      ${line}`),
    ...(more > 0 ? [`      … and ${more} more`] : []),
  ]
}

function componentLines(plan: ComponentPlan): string[] {
  const { component, unit, added, overwritten, deleted, kept, unchanged, bytes } = plan
  const counts = [
    `${added.count} added`,
    `${overwritten.count} overwritten`,
    `${deleted.count} deleted`,
    `${kept.count} kept`,
    `${unchanged} unchanged`,
  ]
  return [
    `  ${component}  ${counts.join(', ')} ${unit}, ${formatBytes(bytes)}`,
    ...listLines('deleted', deleted),
    ...listLines('kept', kept),
  ]
}

const levels = { blocker: 'NOT POSSIBLE', warning: 'careful', info: 'note' } as const

/** A note of a plan, what it means for the restore first. */
export function noteLines({ level, text, remedy }: PlanNote): string[] {
  return [`  ${levels[level]}: ${text}${remedy === null ? '' : ` ${remedy}`}`]
}

function mappingLines({ mapping }: RestorePlan): string[] {
  const rows = [
    ['user', mapping.user],
    ['home', mapping.home],
    ...mapping.paths.map((row) => ['path', row] as const),
    ...mapping.databases.map((row) => [`${row.engine} database`, row] as const),
    ...mapping.databaseUsers.map((row) => [`${row.engine} user`, row] as const),
    ...mapping.domains.map((row) => ['mail domain', row] as const),
  ] as const
  const changed = rows.filter(([, { from, to }]) => from !== to)
  if (changed.length === 0) return []
  return ['', 'Names that change', ...changed.map(([what, { from, to }]) => `  ${what}: ${from} → ${to}`)]
}

/** Each change to the configuration of applications, by file. What was not understood is in the notes. */
function rewrites(steps: readonly RestoreStep[]): { readonly path: string; readonly lines: string[] }[] {
  return steps
    .flatMap((step) => (step.kind === 'put-tree' ? step.configuration : []))
    .filter(({ changes }) => changes.length > 0)
    .map(({ path, changes }) => ({
      path: escapeForDisplay(path),
      lines: changes.map(
        ({ line, what, from, to }) =>
          `line ${line}: ${what} ${escapeForDisplay(from)} → ${escapeForDisplay(to)}`,
      ),
    }))
}

function configurationLines(steps: readonly RestoreStep[]): string[] {
  const files = rewrites(steps)
  if (files.length === 0) return []
  return [
    '',
    'Configuration that is rewritten on its way',
    ...files.flatMap(({ path, lines }) => [`  ${path}`, ...lines.map((line) => `    ${line}`)]),
  ]
}

/** The same in short, for one of many plans: how many, and the first of them. */
export function briefConfiguration(steps: readonly RestoreStep[]): string[] {
  const files = rewrites(steps)
  const all = files.flatMap(({ path, lines }) => lines.map((line) => `${path}, ${line}`))
  if (all.length === 0) return []
  const more = all.length - Math.min(all.length, listed)
  return [
    `Rewritten on its way: ${plural(all.length, 'value')} in ${plural(files.length, 'file')}`,
    ...all.slice(0, listed).map((line) => `  ${line}`),
    ...(more > 0 ? [`  … and ${more} more; --json has all`] : []),
  ]
}

const states = { missing: 'missing there', same: 'the same there', differs: 'differs' } as const

function serverConfigurationLines(files: RestorePlan['serverConfiguration']): string[] {
  if (files.length === 0) return []
  return [
    '',
    'Configuration of the server, which is compared and never put there',
    ...files.flatMap(({ path, state, why, diff }) => [
      `  ${escapeForDisplay(path)}: ${state === 'not-compared' ? 'not compared' : states[state]}${why === null ? '' : `, ${escapeForDisplay(why)}`}`,
      ...(diff === null ? [] : diff.split('\n').map((line) => `    ${line}`)),
    ]),
  ]
}

/** The first three of a list of paths, and how many more there are. */
function listOf(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).map(escapeForDisplay).join(', ')
  return paths.length > 3 ? `${shown} and ${plural(paths.length - 3, 'other path')}` : shown
}

function undoLine({ undo, to }: RestorePlan): string {
  if (undo.method === 'nothing-to-save') return 'Undo: what this restore makes is removed again.'
  const size = undo.bytes === null ? '' : ` (about ${formatBytes(undo.bytes)})`
  const what = undo.only.length === 0 ? to.account : `${listOf(undo.only)} of ${to.account}`
  return `Undo: ${what} is saved first${size}, verified, and kept for ${undo.days} days.`
}

/** The whole plan of a restore, for people. */
export function describePlan(plan: RestorePlan): string {
  const { from, to } = plan
  return [
    `Restore ${from.name}${from.startedAt === null ? '' : `, made ${from.startedAt}`}${from.result === 'partial' ? ', PARTIAL' : ''}`,
    `into ${to.account} on ${to.server} (${to.host})${to.exists ? '' : ', which will be made'}`,
    '',
    plural(plan.steps.length, 'step'),
    ...plan.steps.map(({ id, title }) => `  ${id.padStart(2)}  ${title}`),
    '',
    'What changes',
    ...plan.components.flatMap(componentLines),
    ...mappingLines(plan),
    ...configurationLines(plan.steps),
    ...serverConfigurationLines(plan.serverConfiguration),
    ...(plan.notes.length === 0 ? [] : ['', ...plan.notes.flatMap(noteLines)]),
    ...(plan.space.length === 0 ? [] : ['']),
    ...plan.space.map(
      ({ path, during, free }) =>
        `Space on ${path}: ${formatBytes(during)} while it runs${free === null ? '' : `, ${formatBytes(free)} free`}`,
    ),
    ...plan.offline.map(({ what, seconds }) => `Offline: ${what}, about ${seconds} s`),
    undoLine(plan),
    `Not brought: ${plan.notBrought.join('; ')}.`,
    `Digest ${plan.digest}`,
  ].join('\n')
}
