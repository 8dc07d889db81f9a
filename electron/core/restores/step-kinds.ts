import { byEngine } from './by-engine.ts'
import { installCrontab } from './cron/install-step.ts'
import { putTree } from './files/put-tree.ts'
import { importMysql } from './mysql/import-step.ts'
import { mysqlServerStep } from './mysql/server-step.ts'
import { importPostgresql } from './postgresql/import-step.ts'
import { postgresqlServerStep } from './postgresql/server-step.ts'
import type { StepKinds } from './step-kind.ts'

/** How each kind of step is done. */
export const stepKinds: StepKinds = {
  'put-tree': putTree,
  'database-server': byEngine({ mysql: mysqlServerStep, postgresql: postgresqlServerStep }),
  'import-database': byEngine({ mysql: importMysql, postgresql: importPostgresql }),
  'install-crontab': installCrontab,
}
