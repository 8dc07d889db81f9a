import { advisedError } from '../../advised-error.ts'
import { advise } from '../../../../shared/advice.ts'
import { checkUserName } from '../mapping/new-names.ts'
import type { AccountRoom } from './room.ts'

/** What every useradd takes. */
const anywhere = /^[a-z_][a-z0-9_-]{0,31}$/

/** Refuses the name of an account that the server would not take. Throws `invalid-input`; nothing was changed. */
export function requireTakenName(name: string, { takesName }: Pick<AccountRoom, 'takesName'>): void {
  checkUserName(name)
  if (takesName ?? anywhere.test(name)) return
  throw advisedError(
    'invalid-input',
    advise`No account can be called ${JSON.stringify(name)} there: the server’s useradd refuses it. Nothing was changed; restore it under another name, ${{ way: 'new-account', server: 'SERVER' }}.`,
  )
}
