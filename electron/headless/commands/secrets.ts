import type { Output as MethodOutput } from '../../../shared/contract.ts'
import type { AddCommands } from '../command.ts'
import type { Output } from '../print/output.ts'

function show(output: Output, status: MethodOutput<'secrets.status'>): number {
  output.result(
    status,
    [`${status.store}: ${status.state}`, ...(status.advice === null ? [] : [status.advice])].join('\n'),
  )
  return 0
}

/** `holdfast secrets …` */
export const addSecretsCommands: AddCommands = (program, run) => {
  const secrets = program.command('secrets').description('where passwords and passphrases are kept')
  secrets
    .command('status')
    .description('keychain or vault, and whether it is open')
    .addHelpText('after', '\nExample:\n  holdfast secrets status')
    .action(
      run(async ({ client, output }) => show(output, await (await client()).call('secrets.status', {}))),
    )
  secrets
    .command('unlock')
    .description('open the vault; its passphrase is a line of standard input')
    .addHelpText('after', '\nExample:\n  holdfast secrets unlock < passphrase.txt')
    .action(
      run(async ({ client, output, stdinLines }) => {
        const [passphrase = ''] = await stdinLines(1)
        return show(output, await (await client()).call('secrets.unlock', { passphrase }))
      }),
    )
  secrets
    .command('lock')
    .description('forget the passphrase')
    .addHelpText('after', '\nExample:\n  holdfast secrets lock')
    .action(run(async ({ client, output }) => show(output, await (await client()).call('secrets.lock', {}))))
  secrets
    .command('set-passphrase')
    .description(
      'make the vault or change its passphrase; standard input has the new one, with --change the current one first',
    )
    .option('--change', 'there is a vault already')
    .addHelpText('after', '\nExample:\n  holdfast secrets set-passphrase < passphrase.txt')
    .action(
      run(async ({ client, output, stdinLines }, options: { readonly change?: true }) => {
        const lines = await stdinLines(options.change ? 2 : 1)
        const passphrase = lines.at(-1) ?? ''
        const current = options.change ? (lines[0] ?? '') : null
        return show(output, await (await client()).call('secrets.setPassphrase', { passphrase, current }))
      }),
    )
}
