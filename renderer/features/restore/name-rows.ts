import type { MapKind } from '../../../shared/model/restore-mapping.ts'
import type { RestorePlan } from '../../../shared/model/restore-plan.ts'

/** One name of the backup, what it is at the target, and whether that may be changed. */
export interface NameRow {
  readonly key: string
  readonly from: string
  readonly to: string
  readonly about: string
  /** How it is renamed; null where it follows from something else. */
  readonly kind: MapKind | null
}

/** The mapping of a plan, a row each. Of an account that is there, the home is fixed. */
export function nameRows({ mapping, to, steps }: RestorePlan): readonly NameRow[] {
  const { user, home, uid, paths, databases, databaseUsers, domains } = mapping
  const exists = new Map<string, boolean>(
    steps.flatMap((step) =>
      step.kind === 'database-server'
        ? [
            ...step.databases.map((each) => [`${step.engine} db ${each.name}`, each.exists] as const),
            ...step.users.map((each) => [`${step.engine} user ${each.name}`, each.exists] as const),
          ]
        : [],
    ),
  )
  const state = (key: string) => {
    const found = exists.get(key)
    return found === undefined ? 'database' : found ? 'exists, will be replaced' : 'new'
  }
  const row = (about: string, names: { from: string; to: string }, kind: MapKind | null): NameRow => ({
    ...{ key: `${about} ${names.from}`, about, kind },
    ...{ from: names.from, to: names.to },
  })
  return [
    row('home directory', home, to.exists ? null : 'home'),
    ...paths.map((each) => row('folder', each, null)),
    ...databases.map((each) => ({
      ...row(
        `${state(`${each.engine} db ${each.to}`)}${each.engine === 'mysql' ? '' : ', PostgreSQL'}`,
        each,
        'db',
      ),
      key: `db ${each.engine} ${each.from}`,
    })),
    ...databaseUsers.map((each) => ({
      ...row(
        `user, ${exists.get(`${each.engine} user ${each.to}`) === true ? 'exists' : 'new'}`,
        each,
        'dbuser',
      ),
      key: `dbuser ${each.engine} ${each.from}`,
    })),
    ...domains.map((each) => row('mail domain', each, 'domain')),
    ...(user.from === user.to ? [] : [row('account', user, null)]),
    ...(uid.from === uid.to
      ? []
      : [row('uid', { from: String(uid.from), to: String(uid.to) }, to.exists ? null : 'uid')]),
  ]
}
