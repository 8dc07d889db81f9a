import type { App } from './app.ts'
import type { Handlers } from './dispatch.ts'
import { archiveHandlers } from './handlers/archive-handlers.ts'
import { backupHandlers } from './handlers/backup-handlers.ts'
import { cronHandlers } from './handlers/cron-handlers.ts'
import { destinationHandlers } from './handlers/destination-handlers.ts'
import { drillHandlers } from './handlers/drill-handlers.ts'
import { jobHandlers } from './handlers/job-handlers.ts'
import { promptHandlers } from './handlers/prompt-handlers.ts'
import { protectionHandlers } from './handlers/protection-handlers.ts'
import { restoreHandlers } from './handlers/restore-handlers.ts'
import { scheduleHandlers } from './handlers/schedule-handlers.ts'
import { secretsHandlers } from './handlers/secrets-handlers.ts'
import { serverHandlers } from './handlers/server-handlers.ts'
import { serverRestoreHandlers } from './handlers/server-restore-handlers.ts'
import { sourceHandlers } from './handlers/source-handlers.ts'

/** One function for every method of the contract. */
export function createHandlers(app: App): Handlers {
  return {
    ...serverHandlers(app),
    ...sourceHandlers(app),
    ...destinationHandlers(app),
    ...backupHandlers(app),
    ...archiveHandlers(app),
    ...restoreHandlers(app),
    ...serverRestoreHandlers(app),
    ...drillHandlers(app),
    ...cronHandlers(app),
    ...scheduleHandlers(app),
    ...protectionHandlers(app),
    ...jobHandlers(app),
    ...promptHandlers(app),
    ...secretsHandlers(app),
  }
}
