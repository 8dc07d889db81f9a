import type { Job } from '../../../shared/model/job.ts'
import type { AddCommands } from '../command.ts'
import { table } from '../print/table.ts'

const row = (job: Job): string[] => [job.id, job.state, job.createdAt.slice(0, 19), job.title]

/** `holdfast jobs`, `job`, `cancel` */
export const addJobCommands: AddCommands = (program, run) => {
  program
    .command('jobs')
    .description('what runs and what ran, newest first')
    .addHelpText('after', '\nExample:\n  holdfast jobs')
    .action(
      run(async ({ client, output }) => {
        const { jobs } = await (await client()).call('jobs.list', {})
        output.result(
          { jobs },
          jobs.length === 0 ? 'No job yet.' : table(['ID', 'STATE', 'CREATED', 'WHAT'], jobs.map(row)),
        )
        return undefined
      }),
    )
  program
    .command('job <id>')
    .description('one job')
    .option('--log', 'with its log')
    .addHelpText('after', '\nExample:\n  holdfast job 01890a5d-ac96-774b-bcce-b302099a8057 --log')
    .action(
      run(async ({ client, output }, id: string, options: { readonly log?: true }) => {
        const shown = await (await client()).call('jobs.show', { id, log: options.log === true })
        const { job } = shown
        const lines = [
          `${job.title}: ${job.state}`,
          ...(job.error ? [job.error.message] : []),
          ...(job.backupId ? [`backup ${job.backupId}`] : []),
          ...shown.log.map(
            ({ at, level, text }) => `${at.slice(11, 19)} ${level === 'info' ? '' : `${level}: `}${text}`,
          ),
        ]
        output.result(shown, lines.join('\n'))
        return undefined
      }),
    )
  program
    .command('cancel <id>')
    .description('stop a job; what was finished before stays')
    .addHelpText('after', '\nExample:\n  holdfast cancel 01890a5d-ac96-774b-bcce-b302099a8057')
    .action(
      run(async ({ client, output }, id: string) => {
        const result = await (await client()).call('jobs.cancel', { id })
        output.result(result, `${result.job.title}: ${result.job.state}`)
        return undefined
      }),
    )
}
