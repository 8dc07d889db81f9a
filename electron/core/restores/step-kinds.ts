import { createAccount } from './account/create-step.ts'
import { byEngine } from './by-engine.ts'
import { installCrontab } from './cron/install-step.ts'
import { putTree } from './files/put-tree.ts'
import { putMailbox } from './mail/put-mailbox.ts'
import { importMysql } from './mysql/import-step.ts'
import { mysqlServerStep } from './mysql/server-step.ts'
import { checkWhole } from './system/check-whole.ts'
import { mergeLines } from './system/merge-lines.ts'
import { replaceFile } from './system/replace-file.ts'
import { runService } from './system/run-service.ts'
import { importPostgresql } from './postgresql/import-step.ts'
import { postgresqlServerStep } from './postgresql/server-step.ts'
import type { StepKinds } from './step-kind.ts'

/** How each kind of step is done. */
export const stepKinds: StepKinds = {
  'create-account': createAccount,
  'put-tree': putTree,
  'database-server': byEngine({ mysql: mysqlServerStep, postgresql: postgresqlServerStep }),
  'import-database': byEngine({ mysql: importMysql, postgresql: importPostgresql }),
  'put-mailbox': putMailbox,
  'install-crontab': installCrontab,
  'replace-file': replaceFile,
  'merge-lines': mergeLines,
  'run-service': runService,
  check: checkWhole,
}
