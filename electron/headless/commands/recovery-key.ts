import { writeFile } from 'node:fs/promises'
import type { RecoveryKeyStatus, RecoverySheet } from '../../../shared/model/recovery-key.ts'
import { AppError, errorCodes } from '../../../shared/errors.ts'
import { plural } from '../../../shared/format.ts'
import { askSecret } from '../ask-secret.ts'
import type { AddCommands, CommandContext } from '../command.ts'
import { parsePath } from '../names.ts'

function describe({ state, recovery, pending, given }: RecoveryKeyStatus): string {
  return [
    state === 'confirmed' && recovery
      ? `The recovery key was typed back on ${recovery.confirmedAt.slice(0, 10)}: ${recovery.recipient}`
      : 'There is no recovery key that was typed back, so nothing can be encrypted. Make one: holdfast recovery-key create',
    ...(pending ? ['A new one waits to be typed back: holdfast recovery-key confirm'] : []),
    ...given.map((recipient) => `Opens what another computer made: ${recipient}`),
  ].join('\n')
}

/** Writes the sheet to a new file that only this user can read; a page where the name ends in .html. */
async function save(sheet: RecoverySheet, file: string): Promise<void> {
  const path = parsePath('--into', file)
  try {
    await writeFile(path, /\.html?$/i.test(path) ? sheet.html : sheet.text, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    throw new AppError(
      'write-failed',
      `${path} could not be written; a file that is there is never replaced. The key waits: holdfast recovery-key sheet --into ANOTHER`,
      { cause },
    )
  }
}

async function hand(
  sheet: RecoverySheet,
  into: string | undefined,
  { output }: CommandContext,
): Promise<void> {
  if (into === undefined) {
    output.result({ sheet }, sheet.text)
    return
  }
  await save(sheet, into)
  output.result(
    { into },
    `The recovery sheet is in ${into}. Print it, type the key back, and delete the file.`,
  )
}

const askedBack = 'Type the key back from what you wrote down or printed: '

/** `holdfast recovery-key …` */
export const addRecoveryKeyCommands: AddCommands = (program, run) => {
  const noun = program.command('recovery-key').description('the key that opens encrypted backups anywhere')
  noun
    .command('create')
    .description('make one and print its sheet; it counts when it was typed back')
    .option('--into <file>', 'write the sheet there, as a page where the name ends in .html')
    .addHelpText('after', '\nExample:\n  holdfast recovery-key create --into sheet.html')
    .action(
      run(async (context, { into }: { readonly into?: string }) => {
        const { sheet } = await (await context.client()).call('recoveryKey.create', {})
        await hand(sheet, into, context)
        context.output.note('Type it back next: holdfast recovery-key confirm')
        return undefined
      }),
    )
  noun
    .command('sheet')
    .description('the sheet of a key that was not typed back yet')
    .option('--into <file>', 'write it there, as a page where the name ends in .html')
    .addHelpText('after', '\nExample:\n  holdfast recovery-key sheet --into sheet.html')
    .action(
      run(async (context, { into }: { readonly into?: string }) => {
        const { sheet } = await (await context.client()).call('recoveryKey.sheet', {})
        await hand(sheet, into, context)
        return undefined
      }),
    )
  noun
    .command('confirm')
    .description(
      'type the key back, at the terminal or as a line of standard input; then encryption can be on',
    )
    .addHelpText('after', '\nExample:\n  holdfast recovery-key confirm')
    .action(
      run(async (context) => {
        const key = await askSecret(askedBack, context)
        const status = await (await context.client()).call('recoveryKey.confirm', { key })
        context.output.result(
          status,
          'The key opened a test, and is not kept on this computer. Encryption can be switched on.',
        )
        return undefined
      }),
    )
  noun
    .command('check')
    .description('whether a sheet has the key in use; typed, or a line of standard input')
    .addHelpText('after', '\nExample:\n  holdfast recovery-key check')
    .action(
      run(async (context) => {
        const key = await askSecret('The key on the sheet: ', context)
        const { opens } = await (await context.client()).call('recoveryKey.check', { key })
        const text = opens
          ? 'This key opens new backups.'
          : 'This is another key: it does not open new backups.'
        context.output.result({ opens }, text)
        return opens ? undefined : errorCodes['key-missing'].exit
      }),
    )
  noun
    .command('use')
    .description(
      'open what another computer encrypted, with its recovery key; typed, or a line of standard input',
    )
    .addHelpText('after', '\nExample:\n  holdfast recovery-key use')
    .action(
      run(async (context) => {
        const key = await askSecret('The recovery key: ', context)
        const used = await (await context.client()).call('recoveryKey.use', { key })
        context.output.result(used, `The key is kept. ${plural(used.backups, 'backup')} can be read now.`)
        return undefined
      }),
    )
  noun
    .command('status')
    .description('which key is in use')
    .addHelpText('after', '\nExample:\n  holdfast recovery-key status')
    .action(
      run(async ({ client, output }) => {
        const status = await (await client()).call('recoveryKey.status', {})
        output.result(status, describe(status))
        return undefined
      }),
    )
}
