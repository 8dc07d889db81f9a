import { plural } from '../../../shared/format.ts'
import type { AddCommands, CommandContext } from '../command.ts'
import { parseSourceRef } from '../names.ts'

async function enable({ client, output }: CommandContext, account: string): Promise<undefined> {
  const connected = await client()
  const { enabled } = await connected.call('cron.enable', parseSourceRef(account))
  const text =
    enabled === 0
      ? `The crontab of ${account} has no line that a restore commented out. Nothing was changed.`
      : `${plural(enabled, 'line')} of the crontab of ${account} ${enabled === 1 ? 'is' : 'are'} in use now.`
  output.result({ enabled }, text)
}

/** `holdfast cron` */
export const addCronCommands: AddCommands = (program, run) => {
  program
    .command('cron')
    .description('crontabs that a restore brought to another server')
    .command('enable <server/account>')
    .description('take the lines into use that a restore put there commented out')
    .addHelpText('after', '\nExample:\n  holdfast cron enable web2/alice')
    .action(run(enable))
}
