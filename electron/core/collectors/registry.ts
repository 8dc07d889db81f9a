import type { Collector } from './collector.ts'
import { configCollector } from './config.ts'
import { cronCollector } from './cron.ts'
import { filesCollector } from './files.ts'
import { mailCollector } from './mail.ts'
import { mysqlCollector } from './mysql.ts'
import { postgresqlCollector } from './postgresql.ts'

/** Every collector, in the order in which components lie in an archive. */
export const collectors: readonly Collector[] = [
  filesCollector,
  mysqlCollector,
  postgresqlCollector,
  mailCollector,
  cronCollector,
  configCollector,
]
