import { Command } from 'commander'
import type { AddCommands, Run } from './command.ts'
import { addAlertCommands } from './commands/alert.ts'
import { addArchiveCommands } from './commands/archive.ts'
import { addBackupCommands } from './commands/backup.ts'
import { addCatalogCommands } from './commands/catalog.ts'
import { addCopyCommands } from './commands/copy.ts'
import { addCronCommands } from './commands/cron.ts'
import { addDestinationCommands } from './commands/destination.ts'
import { addJobCommands } from './commands/job.ts'
import { addProtectionCommands } from './commands/protection.ts'
import { addRecoveryKeyCommands } from './commands/recovery-key.ts'
import { addRestoreCommands } from './commands/restore.ts'
import { addScheduleCommands } from './commands/schedule.ts'
import { addSecretsCommands } from './commands/secrets.ts'
import { addServeCommands } from './commands/serve.ts'
import { addServerCommands } from './commands/server.ts'
import { addSourceCommands } from './commands/source.ts'

const nouns: readonly AddCommands[] = [
  addServerCommands,
  addSourceCommands,
  addDestinationCommands,
  addBackupCommands,
  addCatalogCommands,
  addCopyCommands,
  addArchiveCommands,
  addRestoreCommands,
  addCronCommands,
  addScheduleCommands,
  addProtectionCommands,
  addAlertCommands,
  addJobCommands,
  addSecretsCommands,
  addRecoveryKeyCommands,
  addServeCommands,
]

/** Options that every command takes. */
export interface GlobalOptions {
  readonly data?: string
  readonly json?: true
  readonly quiet?: true
}

/** The whole command line. Wrong use throws commander's own error instead of ending the process. */
export function createProgram(version: string, run: Run): Command {
  const program = new Command('holdfast')
    .description(
      'Backups of Linux hosting accounts over SSH, verified, with nothing installed on the server.',
    )
    .version(version)
    .option('--data <dir>', "data folder (default: the platform's place, or HOLDFAST_DATA)")
    .option('--json', 'one JSON document on standard output; for jobs one event a line')
    .option('--quiet', 'no progress and no notes')
    .addHelpText('after', '\nExample:\n  holdfast backup web1/alice')
    .showHelpAfterError(false)
  for (const add of nouns) add(program, run)
  return silence(program)
}

/** Takes the printing of errors away from commander, which would print them its own way. */
function silence(command: Command): Command {
  command.exitOverride().configureOutput({ writeErr: () => undefined })
  for (const each of command.commands) silence(each)
  return command
}
