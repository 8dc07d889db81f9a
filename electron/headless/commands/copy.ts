import { AppError } from '../../../shared/errors.ts'
import type { AddCommands, CommandContext } from '../command.ts'
import { exitCodeOf, followJobs } from '../follow-jobs.ts'
import { table } from '../print/table.ts'

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

/** `holdfast copy add`, `copy remove`, `copy list`, `copy cancel` */
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
  copy
    .command('list')
    .description('copies that backups lack, which are tried again by themselves')
    .addHelpText('after', '\nExample:\n  holdfast copy list')
    .action(
      run(async ({ client, output }) => {
        const { copies } = await (await client()).call('copies.queued', {})
        const rows = copies.map((each) => [
          ...[each.name, `${each.server}/${each.source}`, each.destination],
          ...[String(each.attempts), each.nextAt.slice(0, 16), each.message],
        ])
        const head = ['BACKUP', 'SOURCE', 'MISSING AT', 'TRIED', 'NEXT (UTC)', 'WHY']
        output.result({ copies }, copies.length === 0 ? 'No copy is missing.' : table(head, rows))
        return undefined
      }),
    )
  copy
    .command('cancel <backup>')
    .description('no longer try to make a missing copy')
    .requiredOption('--dest <destination>', 'which copy')
    .addHelpText('after', '\nExample:\n  holdfast copy cancel web1/alice@2026-04-08 --dest usb')
    .action(
      run(async ({ client, output }, backup: string, options: { readonly dest: string }) => {
        await (await client()).call('copies.cancel', { backup, destination: options.dest })
        output.result({ cancelled: options.dest }, `No copy is made at ${options.dest} any more.`)
        return undefined
      }),
    )
}
