import { formatBytes, plural } from '../../../shared/format.ts'
import type { Command } from 'commander'
import { describePlace } from '../../../shared/destination-place.ts'
import type { Output } from '../../../shared/contract.ts'
import { AppError, errorCodes } from '../../../shared/errors.ts'
import type { AddCommands } from '../command.ts'
import { table } from '../print/table.ts'
import { readDestination, type DestinationOptions } from './destination-options.ts'

const examples = `
Examples:
  holdfast destination add local usb --path /media/usb/holdfast
  holdfast destination add sftp offsite --host backup.example.com --user u123 --agent --folder holdfast
  holdfast destination add s3 cloud --region eu-central-1 --bucket my-backups --key-id AKIA… --secret-stdin
  holdfast destination add s3 minio --endpoint https://s3.example.com --path-style --bucket b --key-id K --secret-stdin
  holdfast destination add b2 b2 --region us-west-004 --bucket my-backups --key-id 004… --secret-stdin`

/** Adds the options that say where a destination is. */
function withPlace(command: Command): Command {
  return command
    .option('--path <folder>', 'local: the folder; also one on an external disk')
    .option('--host <host>', 'sftp: host name or IP address')
    .option('--port <port>', 'sftp: SSH port (default 22)')
    .option('--user <user>', 'sftp: login name')
    .option('--agent', 'sftp: log in with the SSH agent')
    .option('--key <file>', 'sftp: log in with a private key')
    .option('--key-passphrase-stdin', "sftp: the key's passphrase is a line of standard input")
    .option('--password-stdin', 'sftp: log in with a password, a line of standard input')
    .option('--folder <folder>', 'sftp: the folder on the server')
    .option('--accept-host-key <fingerprint>', 'sftp: the SHA256:… fingerprint that you have compared')
    .option('--endpoint <url>', 's3, b2: where the interface is, unless it is Amazon or Backblaze itself')
    .option('--region <region>', 's3, b2: the region of the bucket (s3: default us-east-1)')
    .option('--bucket <bucket>', 's3, b2: the bucket, which must be there')
    .option('--prefix <prefix>', 's3, b2: keep everything below this')
    .option(
      '--path-style',
      's3: the bucket is in the path of requests, as most servers besides Amazon want it',
    )
    .option('--key-id <id>', 's3, b2: the id of the access key')
    .option('--secret-stdin', 's3, b2: the secret key is a line of standard input')
    .option('--storage-class <class>', "s3: like STANDARD_IA (default: the bucket's)")
    .option(
      '--sse <kind>',
      's3: bucket, aes256 or kms: how the server encrypts (default: as the bucket says)',
    )
    .option('--kms-key <id>', 's3: the key of the key service')
    .option('--ca <file>', 's3: certificate of the authority that vouches for the endpoint')
    .option('--rate <mbit>', 'sftp, s3, b2: take at most so many megabits a second')
    .option('--encrypt', 'encrypt new copies there, which takes a recovery key (default for s3 and b2)')
    .option('--no-encrypt', 'do not')
    .option(
      '--recovery-key',
      'open what another computer encrypted there: its recovery key is asked for, or the last line of standard input',
    )
}

function describeAdded({ destination, backups, unreadable }: Output<'destinations.add'>): string {
  return [
    `Added ${destination.name}: ${describePlace(destination)}, new copies ${destination.encrypted ? '' : 'not '}encrypted`,
    ...(backups === 0 ? [] : [`${plural(backups, 'backup')} found there.`]),
    ...unreadable.slice(0, 5).map(({ key, why }) => `${key ?? destination.name} could not be read: ${why}`),
    ...(unreadable.length > 5 ? [`… and ${unreadable.length - 5} more.`] : []),
  ].join('\n')
}

/** `holdfast destination …` */
export const addDestinationCommands: AddCommands = (program, run) => {
  const destination = program.command('destination').description('where copies lie')
  withPlace(destination.command('add <kind> <name>').description('add a place (kind: local, sftp, s3, b2)'))
    .addHelpText('after', examples)
    .action(
      run(async (context, kind: string, name: string, options: DestinationOptions) => {
        const input = await readDestination(kind, name, options, context)
        const added = await (await context.client()).call('destinations.add', input)
        context.output.result(added, describeAdded(added))
        return undefined
      }),
    )
  destination
    .command('edit <name>')
    .description('switch the encryption of new copies there; what lies there stays as it is')
    .option('--encrypt', 'encrypt them')
    .option('--no-encrypt', 'do not')
    .addHelpText('after', '\nExample:\n  holdfast destination edit offsite --encrypt')
    .action(
      run(async ({ client, output }, name: string, { encrypt }: { readonly encrypt?: boolean }) => {
        if (encrypt === undefined) {
          throw new AppError('invalid-input', 'Say --encrypt or --no-encrypt. Nothing was changed.')
        }
        const edited = await (await client()).call('destinations.setEncrypted', { name, encrypted: encrypt })
        output.result(edited, `New copies at ${name} are ${encrypt ? '' : 'not '}encrypted.`)
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
            ['NAME', 'KIND', 'ENCRYPTED', 'PLACE'],
            destinations.map((each) => [
              ...[each.name, each.kind, each.encrypted ? 'yes' : 'no'],
              describePlace(each),
            ]),
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
          `${name}: ${describePlace(shown.destination)}\n${plural(shown.backups, 'backup')}, ${free} free, new copies ${shown.destination.encrypted ? '' : 'not '}encrypted`,
        )
        return undefined
      }),
    )
  destination
    .command('test <name>')
    .description('write, read, list and delete there, as backups do, and say what would be trouble')
    .addHelpText('after', '\nExample:\n  holdfast destination test offsite')
    .action(
      run(async ({ client, output }, name: string) => {
        const { findings } = await (await client()).call('destinations.test', { name })
        const marks = { ok: 'ok', advice: 'note', failed: 'FAILED' } as const
        output.result(
          { findings },
          findings.map(({ state, text }) => `${marks[state].padEnd(6)}  ${text}`).join('\n'),
        )
        return findings.some(({ state }) => state === 'failed') ? errorCodes['remote-failed'].exit : undefined
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
