import { cronRestorer } from './cron/restorer.ts'
import { filesRestorer } from './files/restorer.ts'
import { mysqlRestorer } from './mysql/restorer.ts'
import { postgresqlRestorer } from './postgresql/restorer.ts'
import type { Restorer } from './restorer.ts'

/** Every restorer, in the order in which their steps are applied: the crontab goes last. */
export const restorers: readonly Restorer[] = [filesRestorer, mysqlRestorer, postgresqlRestorer, cronRestorer]
