import { AppError, hasCode } from '../../../shared/errors.ts'
import type { HostKey } from '../../../shared/model/server.ts'
import type { AddCommands, CommandContext, Run } from '../command.ts'
import { changesOf, draftOf, readSecrets, withLogin, type LoginOptions } from './login-options.ts'
import { describeServer, describeSurvey } from '../print/server.ts'
import { table } from '../print/table.ts'
import { confirm } from '../stdin.ts'

interface AddOptions extends LoginOptions {
  readonly acceptHostKey?: string
  readonly ask?: true
}

function keyTable(keys: readonly HostKey[]): string {
  return table(
    ['TYPE', 'FINGERPRINT'],
    keys.map(({ type, fingerprint }) => [type, fingerprint]),
  )
}

async function add(context: CommandContext, name: string, options: AddOptions): Promise<number | undefined> {
  const draft = draftOf(name, options)
  const secrets = await readSecrets(options, context)
  const client = await context.client()
  const submit = (accept: string | null) => client.call('servers.add', { draft, secrets, accept })
  try {
    const { server, survey } = await submit(options.acceptHostKey ?? null)
    context.output.result({ server, survey }, `Added ${server.name}.\n\n${describeSurvey(survey)}`)
  } catch (error) {
    if (!hasCode(error, 'host-key-unknown') || !options.ask || context.output.json) throw error
    const { keys } = await client.call('servers.scan', {
      host: draft.host,
      port: draft.port,
      jump: draft.jump,
    })
    process.stderr.write(`${draft.host} shows these host keys:\n${keyTable(keys)}\n`)
    const first = keys[0]
    if (!first || !(await confirm('Compare one with what the server or its provider says. Is it the same?')))
      throw error
    const { server, survey } = await submit(first.fingerprint)
    context.output.result({ server, survey }, `Added ${server.name}.\n\n${describeSurvey(survey)}`)
  }
  return undefined
}

async function edit(context: CommandContext, name: string, options: LoginOptions): Promise<undefined> {
  if (Object.keys(options).length === 0)
    throw new AppError(
      'invalid-input',
      'Say what to change. Nothing was changed; see: holdfast server edit --help',
    )
  const secrets = await readSecrets(options, context)
  const client = await context.client()
  const { server } = await client.call('servers.edit', { name, change: changesOf(options), secrets })
  context.output.result({ server }, describeServer(server))
}

async function importFromConfig(
  context: CommandContext,
  hosts: readonly string[],
): Promise<number | undefined> {
  const client = await context.client()
  const { drafts, notes } = await client.call('servers.importable', {})
  const wanted = hosts.length === 0 ? drafts : drafts.filter(({ alias }) => hosts.includes(alias))
  const missing = hosts.filter((host) => !drafts.some(({ alias }) => alias === host))
  if (missing.length > 0)
    throw new AppError('not-found', `~/.ssh/config has no host ${missing.join(', ')}. Nothing was added.`)
  const rows = wanted.map(({ alias, draft }) => [
    alias,
    `${draft.user}@${draft.host}:${draft.port}`,
    draft.auth.kind,
    draft.jump ?? '',
  ])
  const advice = 'Add one with: holdfast server add NAME --host H --user U …'
  context.output.result(
    { drafts: wanted, notes },
    `${table(['HOST', 'LOGIN', 'AUTH', 'JUMP'], rows)}\n\n${advice}`,
  )
  return undefined
}

/** `holdfast server …` */
export const addServerCommands: AddCommands = (program, run: Run) => {
  const server = program.command('server').description('servers that Holdfast reaches over SSH')
  withLogin(server.command('add <name>').description('add a server, after looking at its host key'))
    .option('--accept-host-key <fingerprint>', 'the SHA256:… fingerprint that you have compared')
    .option('--ask', 'show the fingerprints and ask')
    .addHelpText(
      'after',
      '\nExample:\n  holdfast server add web1 --host web1.example.com --user root --agent --ask',
    )
    .action(run(add))
  withLogin(server.command('edit <name>').description('change how a server is reached'))
    .addHelpText('after', '\nExample:\n  holdfast server edit web1 --port 2222')
    .action(run(edit))
  server
    .command('import [host...]')
    .description('show what ~/.ssh/config offers')
    .addHelpText('after', '\nExample:\n  holdfast server import web1')
    .action(run(importFromConfig))
  server
    .command('list')
    .description('all servers')
    .addHelpText('after', '\nExample:\n  holdfast server list')
    .action(
      run(async ({ client, output }) => {
        const { servers } = await (await client()).call('servers.list', {})
        const rows = servers.map((each) => [
          each.name,
          `${each.user}@${each.host}:${each.port}`,
          each.auth.kind,
          each.elevation,
        ])
        output.result(
          { servers },
          servers.length === 0
            ? 'No server yet. Add one with: holdfast server add NAME …'
            : table(['NAME', 'LOGIN', 'AUTH', 'ROOT BY'], rows),
        )
        return undefined
      }),
    )
  server
    .command('show <name>')
    .description('one server: login, host keys, what it can do')
    .addHelpText('after', '\nExample:\n  holdfast server show web1')
    .action(
      run(async ({ client, output }, name: string) => {
        const shown = await (await client()).call('servers.show', { name })
        const survey = shown.survey ? `\n\n${describeSurvey(shown.survey)}` : ''
        output.result(shown, `${describeServer(shown.server)}\n\n${keyTable(shown.hostKeys)}${survey}`)
        return undefined
      }),
    )
  server
    .command('survey <name>')
    .description('look again at what a server can do')
    .addHelpText('after', '\nExample:\n  holdfast server survey web1')
    .action(
      run(async ({ client, output }, name: string) => {
        const { survey } = await (await client()).call('servers.survey', { name })
        output.result({ survey }, describeSurvey(survey))
        return undefined
      }),
    )
  server
    .command('remove <name>')
    .description('forget a server; its backups stay')
    .addHelpText('after', '\nExample:\n  holdfast server remove web1')
    .action(
      run(async ({ client, output }, name: string) => {
        await (await client()).call('servers.remove', { name })
        output.result({ removed: name }, `Removed ${name}. Its backups stay where they are.`)
        return undefined
      }),
    )
  server
    .command('host-key <name>')
    .description('replace a changed host key, after looking')
    .requiredOption('--accept <fingerprint>', 'the SHA256:… fingerprint that you have compared')
    .addHelpText('after', '\nExample:\n  holdfast server host-key web1 --accept SHA256:…')
    .action(
      run(async ({ client, output }, name: string, options: { readonly accept: string }) => {
        await (await client()).call('servers.acceptHostKey', { name, fingerprint: options.accept })
        output.result({ accepted: options.accept }, `${name} is trusted by its new host key.`)
        return undefined
      }),
    )
}
