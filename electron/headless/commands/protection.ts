import { plural } from '../../../shared/format.ts'
import type { AddCommands } from '../command.ts'
import { table } from '../print/table.ts'

const lacking = (count: number) =>
  count === 0 ? [] : [`${plural(count, 'copy is', 'copies are')} missing; see: holdfast copy list`]

/** `holdfast protection`, `accept-size` */
export const addProtectionCommands: AddCommands = (program, run) => {
  program
    .command('protection')
    .description('which sources are protected, and why others are not')
    .addHelpText('after', '\nExample:\n  holdfast protection')
    .action(
      run(async ({ client, output }) => {
        const { sources } = await (await client()).call('protection.list', {})
        const rows = sources.map(({ server, source, why, newest, missingCopies }) => [
          ...[`${server}/${source}`, why.length === 0 ? 'protected' : 'NOT PROTECTED'],
          ...[newest?.slice(0, 16) ?? '', [...why, ...lacking(missingCopies)].join(' ')],
        ])
        output.result({ sources }, table(['SOURCE', 'STATE', 'NEWEST', 'WHY'], rows))
        return undefined
      }),
    )
  program
    .command('accept-size <backup>')
    .description('say that a backup that is much smaller than those before is right')
    .addHelpText('after', '\nExample:\n  holdfast accept-size web1/alice@2026-04-08')
    .action(
      run(async ({ client, output }, backup: string) => {
        await (await client()).call('backups.acceptSize', { backup })
        output.result({ accepted: backup }, `The size of ${backup} counts as right from now on.`)
        return undefined
      }),
    )
}
