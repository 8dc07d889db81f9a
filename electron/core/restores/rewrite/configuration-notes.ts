import { advise, remedied, type Remedy } from '../../../../shared/advice.ts'
import type {
  ConfigurationFile,
  PlanNote,
  RestoreStep,
  StepOf,
} from '../../../../shared/model/restore-plan.ts'
import type { RestoreContext } from '../restore-context.ts'
import type { PlannedLogin } from '../restorer.ts'

type Placed = ConfigurationFile & { readonly place: string }

/** How many places a note names. */
const named = 20

/**
 * What is left to do by hand in the configuration of applications, once the steps of a plan are done: passwords that no
 * longer fit, databases that are not there, places that were not understood. Notes of the code `next-step`, which the
 * report repeats.
 */
export function configurationNotes(
  { steps, logins }: { readonly steps: readonly RestoreStep[]; readonly logins: readonly PlannedLogin[] },
  { target }: Pick<RestoreContext, 'target'>,
): PlanNote[] {
  const files = steps
    .filter((step): step is StepOf<'put-tree'> => step.kind === 'put-tree')
    .flatMap(({ root, configuration }) =>
      configuration.map((file): Placed => ({ ...file, place: `${root.replace(/\/$/, '')}/${file.path}` })),
    )
  const there = new Set([
    ...(target.source?.databases ?? []).map(({ name }) => name),
    ...steps.flatMap((step) => (step.kind === 'import-database' ? [step.database] : [])),
  ])
  return [...passwordNotes(files, logins), ...databaseNotes(files, there), ...openNotes(files)]
}

function note(text: string, remedy: string | Remedy): PlanNote {
  return { level: 'warning', code: 'next-step', text, ...remedied(remedy) }
}

function list(places: readonly string[]): string {
  const unique = [...new Set(places)]
  const more = unique.length > named ? `; and ${unique.length - named} more` : ''
  return `${unique.slice(0, named).join('; ')}${more}`
}

/** A user that is there for several hosts has no password where one of them has none. */
function passwordNotes(files: readonly Placed[], logins: readonly PlannedLogin[]): PlanNote[] {
  const stands = (login: PlannedLogin) =>
    files.flatMap(({ place, logins: uses }) =>
      uses.flatMap(({ engine, user, line }) =>
        engine === login.engine && user === login.user ? [`${place}, line ${line}`] : [],
      ),
    )
  const worst = new Map<string, PlannedLogin>()
  for (const login of logins) {
    const key = `${login.engine} ${login.user}`
    if (login.password !== 'backup' && worst.get(key)?.password !== 'none') worst.set(key, login)
  }
  return [...worst.values()].flatMap((login) => {
    const places = stands(login)
    if (places.length === 0) return []
    const { user } = login
    return login.password === 'none'
      ? note(
          `The backup has no hash of the password of the database user ${user}, so ${user} has none and nothing can log in as it. The old one still stands in ${list(places)}.`,
          `Give ${user} a password, and write it there where it is another one.`,
        )
      : note(
          `The database user ${user} is there already and keeps the password that it has; the backup’s stands in ${list(places)}.`,
          `Where they differ, write the one that ${user} has into that file.`,
        )
  })
}

function databaseNotes(files: readonly Placed[], there: ReadonlySet<string>): PlanNote[] {
  const missing = new Map<string, string[]>()
  for (const { place, changes } of files) {
    for (const { what, to, line } of changes) {
      if (what !== 'database' || there.has(to)) continue
      missing.set(to, [...(missing.get(to) ?? []), `${place}, line ${line}`])
    }
  }
  return [...missing].map(([database, places]) =>
    note(
      `The target has no database ${database}, and this restore does not bring it, but ${list(places)} will name it.`,
      advise`Restore the databases too, ${{ way: 'scope', scope: 'databases' }} or ${{ way: 'scope', scope: 'full' }}.`,
    ),
  )
}

function openNotes(files: readonly Placed[]): PlanNote[] {
  const open = files.flatMap(({ place, notUnderstood }) =>
    notUnderstood.map(({ line, why }) => `${place}, line ${line}: ${why}`),
  )
  if (open.length === 0) return []
  return [
    note(
      `Not everything in the configuration of applications was understood, and what was not stays as it is: ${list(open)}.`,
      'Look at these places by hand.',
    ),
  ]
}
