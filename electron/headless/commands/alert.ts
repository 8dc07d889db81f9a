import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { AlertSecrets } from '../../../shared/alert-contract.ts'
import { AppError, errorCodes } from '../../../shared/errors.ts'
import {
  AlertKind,
  type AlertChannel,
  type AlertChannelDraft,
  type AlertChannelRow,
} from '../../../shared/model/alert.ts'
import { askSecret } from '../ask-secret.ts'
import type { AddCommands, CommandContext, Run } from '../command.ts'
import { parsePath, parseWhole, parseWord } from '../names.ts'
import { table } from '../print/table.ts'

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]
const security = ['starttls', 'tls', 'none'] as const
const usualPorts = { starttls: 587, tls: 465, none: 25 } as const

interface MailOptions {
  readonly host: string
  readonly port?: string
  readonly security: string
  readonly user?: string
  readonly passwordStdin?: true
  readonly from: string
  readonly to: string[]
  readonly ca?: string
  readonly on?: string
}

interface WebhookOptions {
  readonly url: string
  readonly secretStdin?: true
  readonly header?: string
  readonly headerStdin?: true
  readonly on?: string
}

function parseKinds(text: string | undefined): AlertKind[] {
  if (text === undefined) return [...AlertKind.options]
  return text.split(',').map((word) => parseWord('--on', word.trim(), AlertKind.options))
}

async function readAuthority(path: string | undefined): Promise<string | null> {
  if (path === undefined) return null
  try {
    return await readFile(parsePath('--ca', path), 'utf8')
  } catch {
    throw new AppError('invalid-input', `${path} cannot be read. Nothing was changed.`)
  }
}

async function mailOf(name: string, options: MailOptions): Promise<AlertChannelDraft> {
  const chosen = parseWord('--security', options.security, security)
  const port =
    options.port === undefined
      ? usualPorts[chosen]
      : parseWhole('--port', options.port, { min: 1, max: 65_535 })
  return {
    ...{ kind: 'mail', name, kinds: parseKinds(options.on), host: options.host, port, security: chosen },
    ...{ user: options.user ?? null, from: options.from, to: options.to },
    authority: await readAuthority(options.ca),
  }
}

const placeOf = (channel: AlertChannel): string =>
  channel.kind === 'mail' ? `${channel.to.join(', ')} by ${channel.host}` : new URL(channel.url).origin

function describeLast({ last, waiting }: AlertChannelRow): string {
  if (last === null) return 'nothing told yet'
  if (last.error === null) return `told ${last.at.slice(0, 16)}Z`
  return `FAILED ${last.at.slice(0, 16)}Z: ${last.error}${waiting > 0 ? ' It is tried again.' : ''}`
}

const rows = (channels: readonly AlertChannelRow[]) =>
  table(
    ['NAME', 'KIND', 'TO', 'OF', 'STATE'],
    channels.map((row) => {
      const { name, kind, kinds } = row.channel
      return [name, kind, placeOf(row.channel), kinds.join(','), describeLast(row)]
    }),
  )

async function add(
  { client, output }: CommandContext,
  channel: AlertChannelDraft,
  secrets: AlertSecrets,
): Promise<undefined> {
  const row = await (await client()).call('alerts.add', { channel, secrets })
  output.result(row, `${channel.name} is told from now on. Try it: holdfast alert test ${channel.name}`)
  return undefined
}

function addAdding(alert: Command, run: Run): void {
  const adding = alert.command('add').description('tell somebody when backups need a person')
  adding
    .command('mail <name>')
    .description('by mail, through an SMTP server')
    .requiredOption('--host <host>', 'the mail server')
    .option('--port <port>', '587 for starttls, 465 for tls, 25 for none')
    .option('--security <how>', 'starttls, tls or none', 'starttls')
    .option('--user <user>', 'log in as this user')
    .option('--password-stdin', 'the password is a line of standard input')
    .requiredOption('--from <address>', 'whom the mails come from')
    .requiredOption('--to <address>', 'whom they go to; several times', collect)
    .option('--ca <file>', 'PEM of the authority that vouches for the server')
    .option('--on <kinds>', 'of what: failed,partial,overdue,size-drop (default: all)')
    .addHelpText(
      'after',
      '\nExample:\n  holdfast alert add mail me --host smtp.example.com --user ops --from ops@example.com --to me@example.com',
    )
    .action(
      run(async (context, name: string, options: MailOptions) => {
        const channel = await mailOf(name, options)
        const asks = options.user !== undefined
        const given = options.passwordStdin ? (await context.stdinLines(1))[0] : undefined
        const password =
          asks && !options.passwordStdin ? await askSecret('Password of the mail server: ', context) : given
        return add(context, channel, password === undefined ? {} : { password })
      }),
    )
  adding
    .command('webhook <name>')
    .description('by a JSON POST to a web address')
    .requiredOption('--url <url>', 'the address')
    .option('--secret-stdin', 'sign, with a secret that is a line of standard input')
    .option('--header <name>', 'send this header too, like Authorization')
    .option('--header-stdin', 'its value is a line of standard input, after the secret')
    .option('--on <kinds>', 'of what: failed,partial,overdue,size-drop (default: all)')
    .addHelpText(
      'after',
      '\nExample:\n  holdfast alert add webhook chat --url https://hooks.example.com/T1/B2',
    )
    .action(
      run(async (context, name: string, options: WebhookOptions) => {
        const wanted = [options.secretStdin && 'signing', options.headerStdin && 'header'].filter(
          (each) => !!each,
        )
        const lines = wanted.length > 0 ? await context.stdinLines(wanted.length) : []
        const secrets: AlertSecrets = Object.fromEntries<string | undefined>(
          wanted.map((kind, at) => [String(kind), lines[at]]),
        )
        const channel = {
          ...{ kind: 'webhook' as const, name, kinds: parseKinds(options.on), url: options.url },
          ...{ signed: options.secretStdin === true, header: options.header ?? null },
        }
        return add(context, channel, secrets)
      }),
    )
}

/** `holdfast alert …` */
export const addAlertCommands: AddCommands = (program, run) => {
  const alert = program.command('alert').description('who is told when backups need a person')
  addAdding(alert, run)
  alert
    .command('list')
    .description('who is told, of what, and whether it arrived')
    .addHelpText('after', '\nExample:\n  holdfast alert list')
    .action(
      run(async ({ client, output }) => {
        const { channels } = await (await client()).call('alerts.list', {})
        output.result({ channels }, channels.length === 0 ? 'Nobody is told yet.' : rows(channels))
        return undefined
      }),
    )
  alert
    .command('test <name>')
    .description('send a word now')
    .addHelpText('after', '\nExample:\n  holdfast alert test me')
    .action(
      run(async ({ client, output }, name: string) => {
        const delivery = await (await client()).call('alerts.test', { name })
        output.result(delivery, delivery.error ?? `${name} has it.`)
        return delivery.error === null ? undefined : errorCodes['remote-failed'].exit
      }),
    )
  alert
    .command('remove <name>')
    .description('tell nobody of this name any more')
    .addHelpText('after', '\nExample:\n  holdfast alert remove me')
    .action(
      run(async ({ client, output }, name: string) => {
        await (await client()).call('alerts.remove', { name })
        output.result({ removed: name }, `${name} is not told any more.`)
        return undefined
      }),
    )
}
