import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import type { TargetServer } from '../sql/lexing.ts'

/** How a dump is taken into use, and why so. */
export type ImportMethod = Pick<StepOf<'import-database'>, 'method' | 'why'>

/** From here on one RENAME of many tables is all or nothing, and any statement can be sent as a single one. */
const exchanges = 100_602

/** How tables are replaced on a server, by a login that is root there or by the account's own. */
export function importMethod({ flavour, version }: TargetServer, login: 'root' | 'own'): ImportMethod {
  if (login === 'own') {
    return {
      method: 'in-place',
      why: 'Only root can make the second database and the confined login that an exchange of all tables takes.',
    }
  }
  if (flavour === 'mariadb' && version >= exchanges) {
    return {
      method: 'swap',
      why: 'The tables are read into a second database and counted, then all are exchanged in one statement.',
    }
  }
  return {
    method: 'in-place',
    why: 'Only MariaDB 10.6.2 and later exchanges many tables so that a crash leaves all or none of them new.',
  }
}
