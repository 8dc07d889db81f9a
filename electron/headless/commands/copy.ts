import { AppError } from '../../../shared/errors.ts'
import type { AddCommands, CommandContext } from '../command.ts'
import { exitCodeOf, followJobs } from '../follow-jobs.ts'

async function addCopy(
  context: CommandContext,
  backup: string,
  options: { readonly to: string },
): Promise<number> {
  const client = await context.client()
  const request = { backup, destination: options.to }
  const [job] = await followJobs(
    client,
    async () => [(await client.call('copies.add', request)).job],
    context,
  )
  if (!job) return 1
  context.output.result(
    { result: job },
    job.error ? `${job.title}: ${job.error.message}` : `${job.title}: copied and verified`,
  )
  return exitCodeOf(job)
}

/** `holdfast copy add`, `copy remove` */
export const addCopyCommands: AddCommands = (program, run) => {
  const copy = program.command('copy').description('copies of backups at further destinations')
  copy
    .command('add <backup>')
    .description('make one more copy, from a copy that is there')
    .requiredOption('--to <destination>', 'where to')
    .addHelpText('after', '\nExample:\n  holdfast copy add web1/alice@latest --to offsite')
    .action(run(addCopy))
  copy
    .command('remove <backup>')
    .description('delete the copy at one destination; the last one stays')
    .requiredOption('--dest <destination>', 'which copy')
    .option('--yes', 'really')
    .addHelpText('after', '\nExample:\n  holdfast copy remove web1/alice@2026-04-08 --dest usb --yes')
    .action(
      run(
        async (
          { client, output },
          backup: string,
          options: { readonly dest: string; readonly yes?: true },
        ) => {
          if (!options.yes) throw new AppError('invalid-input', 'Deleting needs --yes. Nothing was deleted.')
          await (await client()).call('copies.remove', { backup, destination: options.dest })
          output.result({ removed: options.dest }, `Deleted the copy at ${options.dest}.`)
          return undefined
        },
      ),
    )
}
