import { installCrontab } from './cron/install-step.ts'
import { importMysql } from './mysql/import-step.ts'
import { mysqlServerStep } from './mysql/server-step.ts'
import type { StepKinds } from './step-kind.ts'

/** How each kind of step is done. */
export const stepKinds: StepKinds = {
  'install-crontab': installCrontab,
  'database-server': mysqlServerStep,
  'import-database': importMysql,
}
