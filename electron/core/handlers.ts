import type { App } from './app.ts'
import type { Handlers } from './dispatch.ts'
import { aboutHandlers } from './handlers/about-handlers.ts'
import { alertHandlers } from './handlers/alert-handlers.ts'
import { archiveHandlers } from './handlers/archive-handlers.ts'
import { backupHandlers } from './handlers/backup-handlers.ts'
import { copyHandlers } from './handlers/copy-handlers.ts'
import { cronHandlers } from './handlers/cron-handlers.ts'
import { destinationHandlers } from './handlers/destination-handlers.ts'
import { drillHandlers } from './handlers/drill-handlers.ts'
import { fleetHandlers } from './handlers/fleet-handlers.ts'
import { jobHandlers } from './handlers/job-handlers.ts'
import { practiceHandlers } from './handlers/practice-handlers.ts'
import { preferenceHandlers } from './handlers/preference-handlers.ts'
import { promptHandlers } from './handlers/prompt-handlers.ts'
import { protectionHandlers } from './handlers/protection-handlers.ts'
import { recoveryKeyHandlers } from './handlers/recovery-key-handlers.ts'
import { restoreHandlers } from './handlers/restore-handlers.ts'
import { scheduleHandlers } from './handlers/schedule-handlers.ts'
import { secretsHandlers } from './handlers/secrets-handlers.ts'
import { serverHandlers } from './handlers/server-handlers.ts'
import { serverRestoreHandlers } from './handlers/server-restore-handlers.ts'
import { sourceHandlers } from './handlers/source-handlers.ts'

/** One function for every method of the contract. */
export function createHandlers(app: App): Handlers {
  return {
    ...fleetHandlers(app),
    ...serverHandlers(app),
    ...practiceHandlers(app),
    ...sourceHandlers(app),
    ...destinationHandlers(app),
    ...backupHandlers(app),
    ...copyHandlers(app),
    ...archiveHandlers(app),
    ...restoreHandlers(app),
    ...serverRestoreHandlers(app),
    ...drillHandlers(app),
    ...cronHandlers(app),
    ...scheduleHandlers(app),
    ...protectionHandlers(app),
    ...alertHandlers(app),
    ...jobHandlers(app),
    ...preferenceHandlers(app),
    ...promptHandlers(app),
    ...secretsHandlers(app),
    ...recoveryKeyHandlers(app),
    ...aboutHandlers(app),
  }
}
