import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { TargetServer } from '../sql/lexing.ts'

/** How a dump is taken into use, and why so. */
export type ImportMethod = Pick<StepOf<'import-database'>, 'method' | 'why'>

/** From here on one RENAME of many tables is all or nothing. */
const exchanges = 100_602

/** What decides how the tables of one database are replaced. */
export interface MethodFacts extends TargetServer {
  /** Whether a login works that is root there, or the account's own. */
  readonly login: 'root' | 'own'
  /** How many foreign keys of tables that stay point into what is replaced. */
  readonly keys: number
}

/** How tables are replaced: all at once where that can be, else one by one. */
export function importMethod({ flavour, version, login, keys }: MethodFacts): ImportMethod {
  const inPlace = (why: string): ImportMethod => ({ method: 'in-place', why })
  if (login === 'own') {
    return inPlace(
      'Only root can make the second database and the confined login that an exchange of all tables takes.',
    )
  }
  if (flavour !== 'mariadb' || version < exchanges) {
    return inPlace(
      'Only MariaDB 10.6.2 and later exchanges many tables so that a crash leaves all or none of them new.',
    )
  }
  if (keys > 0) {
    return inPlace(
      'Foreign keys of other tables point into what is replaced, and after an exchange they would follow the old tables.',
    )
  }
  return {
    method: 'swap',
    why: 'The tables are read into a second database and counted, then all are exchanged in one statement.',
  }
}
