import { formatBytes, plural } from '../../../shared/format.ts'
import type { AddCommands } from '../command.ts'
import { parsePath, parseWord } from '../names.ts'
import { table } from '../print/table.ts'

/** `holdfast destination …` */
export const addDestinationCommands: AddCommands = (program, run) => {
  const destination = program.command('destination').description('where copies lie')
  destination
    .command('add <kind> <name>')
    .description('add a folder on this computer (kind: local)')
    .requiredOption('--path <folder>', 'the folder; also one on an external disk')
    .addHelpText('after', '\nExample:\n  holdfast destination add local usb --path /media/usb/holdfast')
    .action(
      run(async ({ client, output }, kind: string, name: string, options: { readonly path: string }) => {
        const input = {
          kind: parseWord('KIND', kind, ['local']),
          name,
          path: parsePath('--path', options.path),
        }
        const added = await (await client()).call('destinations.add', input)
        output.result(added, `Added ${name}: ${added.destination.path}`)
        return undefined
      }),
    )
  destination
    .command('list')
    .description('all destinations')
    .addHelpText('after', '\nExample:\n  holdfast destination list')
    .action(
      run(async ({ client, output }) => {
        const { destinations } = await (await client()).call('destinations.list', {})
        output.result(
          { destinations },
          table(
            ['NAME', 'KIND', 'PATH'],
            destinations.map(({ name, kind, path }) => [name, kind, path]),
          ),
        )
        return undefined
      }),
    )
  destination
    .command('show <name>')
    .description('one destination: free space, backups')
    .addHelpText('after', '\nExample:\n  holdfast destination show this-computer')
    .action(
      run(async ({ client, output }, name: string) => {
        const shown = await (await client()).call('destinations.show', { name })
        const free = shown.freeBytes === null ? 'unknown' : formatBytes(shown.freeBytes)
        output.result(
          shown,
          `${name}: ${shown.destination.path}\n${plural(shown.backups, 'backup')}, ${free} free`,
        )
        return undefined
      }),
    )
  destination
    .command('remove <name>')
    .description('forget a destination; what lies there stays')
    .addHelpText('after', '\nExample:\n  holdfast destination remove usb')
    .action(
      run(async ({ client, output }, name: string) => {
        await (await client()).call('destinations.remove', { name })
        output.result({ removed: name }, `Removed ${name}. What lies there stays.`)
        return undefined
      }),
    )
}
