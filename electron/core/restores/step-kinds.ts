import { createAccount } from './account/create-step.ts'
import { installCrontab } from './cron/install-step.ts'
import { putTree } from './files/put-tree.ts'
import { importMysql } from './mysql/import-step.ts'
import { mysqlServerStep } from './mysql/server-step.ts'
import type { StepKinds } from './step-kind.ts'

/** How each kind of step is done. */
export const stepKinds: StepKinds = {
  'create-account': createAccount,
  'put-tree': putTree,
  'database-server': mysqlServerStep,
  'import-database': importMysql,
  'install-crontab': installCrontab,
}
