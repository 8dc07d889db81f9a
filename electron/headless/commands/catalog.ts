import type { Output as MethodOutput } from '../../../shared/contract.ts'
import { formatBytes, plural } from '../../../shared/format.ts'
import type { Backup } from '../../../shared/model/backup.ts'
import { AppError } from '../../../shared/errors.ts'
import type { AddCommands, CommandContext } from '../command.ts'
import { parseSourceRef } from '../names.ts'
import { describeManifest } from '../print/backup.ts'
import type { Output } from '../print/output.ts'
import { table } from '../print/table.ts'

function row(backup: Backup): string[] {
  const verified = backup.copies.some((copy) => copy.verified?.ok === true) ? 'verified' : 'NOT VERIFIED'
  const pins = backup.copies.filter((copy) => copy.pinned).map(({ pinnedUntil }) => pinnedUntil)
  const until = pins.includes(null) ? '' : ` until ${pins.toSorted().at(-1)?.slice(0, 10) ?? ''}`
  const pinned = pins.length === 0 ? '' : ` pinned${until}`
  const size = formatBytes(backup.copies[0]?.size ?? 0)
  const missing = backup.missing.map(({ destination }) => `${destination} (MISSING)`)
  const places = [...backup.copies.map(({ destination }) => destination), ...missing].join(', ')
  return [
    backup.name,
    `${backup.server}/${backup.source}`,
    backup.scope,
    backup.result,
    `${verified}${pinned}`,
    size,
    places,
  ]
}

/** Names what could not be read, where people look for what went wrong. */
function warnOf(output: Output, { unreadable }: MethodOutput<'catalog.rebuild' | 'backups.list'>): void {
  for (const { destination, key, why } of unreadable)
    output.warning(`not readable at ${destination}: ${key === null ? why : `${key} (${why})`}`)
}

function noBackup({ unreadable }: MethodOutput<'backups.list'>): string {
  return unreadable.length === 0
    ? 'No backup yet. Make one with: holdfast backup SERVER/SOURCE'
    : 'No backup that can be read.'
}

async function listBackups(
  { client, output }: CommandContext,
  ref: string | undefined,
  options: { readonly dest?: string },
): Promise<undefined> {
  const where = ref === undefined ? {} : parseSourceRef(ref)
  const found = await (
    await client()
  ).call('backups.list', {
    ...where,
    ...(options.dest === undefined ? {} : { destination: options.dest }),
  })
  const head = ['NAME', 'SOURCE', 'SCOPE', 'RESULT', 'STATE', 'SIZE', 'WHERE']
  const list = found.backups.length === 0 ? noBackup(found) : table(head, found.backups.map(row))
  const unfinished = found.unfinished
    .map(({ destination, key }) => `unfinished at ${destination}: ${key}`)
    .join('\n')
  output.result(found, unfinished === '' ? list : `${list}\n${unfinished}`)
  warnOf(output, found)
}

async function pin({ client, output }: CommandContext, backup: string, pinned: boolean): Promise<undefined> {
  const result = await (await client()).call('backups.pin', { backup, pinned })
  output.result(
    result,
    `${result.backup.name} is ${pinned ? 'pinned: no retention removes it' : 'no longer pinned'}.`,
  )
}

/** `holdfast backups`, `show`, `pin`, `unpin`, `delete`, `catalog rebuild` */
export const addCatalogCommands: AddCommands = (program, run) => {
  program
    .command('backups [server/source]')
    .description('what was backed up, newest first')
    .option('--dest <destination>', 'only what lies there')
    .addHelpText('after', '\nExample:\n  holdfast backups web1/alice')
    .action(run(listBackups))
  program
    .command('show <backup>')
    .description('one backup: what it holds, what was left out and why')
    .addHelpText('after', '\nExample:\n  holdfast show web1/alice@latest')
    .action(
      run(async ({ client, output }, backup: string) => {
        const shown = await (await client()).call('backups.show', { backup })
        output.result(shown, describeManifest(shown.backup, shown.manifest))
        return undefined
      }),
    )
  program
    .command('pin <backup>')
    .description('keep a backup whatever retention says')
    .addHelpText('after', '\nExample:\n  holdfast pin web1/alice@latest')
    .action(run((context, backup: string) => pin(context, backup, true)))
  program
    .command('unpin <backup>')
    .description('no longer keep it')
    .addHelpText('after', '\nExample:\n  holdfast unpin web1/alice@2026-04-08')
    .action(run((context, backup: string) => pin(context, backup, false)))
  program
    .command('delete <backup>')
    .description('delete a backup at all its destinations')
    .option('--yes', 'really')
    .addHelpText('after', '\nExample:\n  holdfast delete web1/alice@2026-04-08 --yes')
    .action(
      run(async ({ client, output }, backup: string, options: { readonly yes?: true }) => {
        if (!options.yes) throw new AppError('invalid-input', 'Deleting needs --yes. Nothing was deleted.')
        const result = await (await client()).call('backups.delete', { backup })
        output.result(result, `Deleted; ${plural(result.copies, 'copy', 'copies')} removed.`)
        return undefined
      }),
    )
  program
    .command('catalog')
    .description('the list of all backups')
    .command('rebuild')
    .description('read it again from what lies at the destinations')
    .option('--dest <destination>', 'only from there')
    .addHelpText('after', '\nExample:\n  holdfast catalog rebuild')
    .action(
      run(async ({ client, output }, options: { readonly dest?: string }) => {
        const result = await (await client()).call('catalog.rebuild', { destination: options.dest ?? null })
        const removed = result.removed.map((key) => `removed, left unfinished by another computer: ${key}`)
        output.result(result, [`${plural(result.backups, 'backup')} found.`, ...removed].join('\n'))
        warnOf(output, result)
        return undefined
      }),
    )
}
