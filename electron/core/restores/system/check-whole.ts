import type { StepOf } from '../../../../shared/model/restore-plan.ts'
import { fromRemoteName } from '../../../../shared/remote-name.ts'
import type { StepKind } from '../step-kind.ts'

/** Asks, when everything is in its place, whether a SQLite database is whole. Changes nothing, so takes nothing back. */
export const checkWhole: StepKind<StepOf<'check'>> = {
  apply: () => Promise.resolve(),
  async check({ component, what }, { target, remark, signal }) {
    const values = { path: fromRemoteName(what.path), uid: what.uid, gid: what.gid }
    const { codes, facts } = await target.shell.run('check-sqlite', { values, signal })
    const code = codes.get('check')
    if (code === 127) {
      remark({
        text: `The database ${what.path} was not checked: the server has no sqlite3.`,
        remedy: `Install sqlite3 there, then: sqlite3 ${what.path} 'PRAGMA integrity_check'`,
      })
      return null
    }
    const said = facts.get('said') ?? ''
    const good = code === 0 && said === 'ok'
    return {
      ...{ component, unit: 'databases', of: 1, good: good ? 1 : 0 },
      how: 'PRAGMA integrity_check',
      bad: good ? [] : [`${what.path}: ${said || `sqlite3 ended with ${String(code)}`}`],
    }
  },
  rollback: () => Promise.resolve(),
  commit: () => Promise.resolve(),
}
