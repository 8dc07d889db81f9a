import { accountRestorer } from './account/restorer.ts'
import { cronRestorer } from './cron/restorer.ts'
import { filesRestorer } from './files/restorer.ts'
import { mailRestorer } from './mail/restorer.ts'
import { mysqlRestorer } from './mysql/restorer.ts'
import { postgresqlRestorer } from './postgresql/restorer.ts'
import type { Restorer } from './restorer.ts'

/** Every restorer, in the order in which their steps are applied: the account goes first, the crontab last. */
export const restorers: readonly Restorer[] = [
  accountRestorer,
  filesRestorer,
  mysqlRestorer,
  postgresqlRestorer,
  mailRestorer,
  cronRestorer,
]
