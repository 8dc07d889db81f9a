#!/usr/bin/env node
import { CommanderError } from 'commander'
import type { Client } from '../../shared/client.ts'
import { AppError, toWire } from '../../shared/errors.ts'
import { answerPrompts } from './answer-prompts.ts'
import type { ClientOptions, Run } from './command.ts'
import { defaultDataFolder } from './data-folder.ts'
import { parsePath } from './names.ts'
import { openClient, type OpenClient } from './open-client.ts'
import { describeError } from './print/error.ts'
import { Output } from './print/output.ts'
import { createProgram, type GlobalOptions } from './program.ts'
import { readStdinLines } from './stdin.ts'
import { version } from './version.ts'

/** Ctrl-C asks once; a second one ends the process, and the next start tells what was lost. */
function interruptSignal(): AbortSignal {
  const controller = new AbortController()
  const stop = () => {
    if (controller.signal.aborted) process.exit(130)
    controller.abort(new AppError('cancelled', 'Cancelled. What was finished before stays as it was.'))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return controller.signal
}

/** Names restores that a crash or a broken connection ended, unless the command line already speaks of them. */
async function tellUnfinished(
  client: Client,
  { output, argv }: { readonly output: Output; readonly argv: readonly string[] },
): Promise<void> {
  if (output.json) return
  const { restores } = await client.call('restores.list', {})
  for (const { job, unfinished } of restores) {
    if (unfinished !== null && !argv.includes(job)) output.warning(unfinished)
  }
}

/** Runs one command line and resolves to its exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const signal = interruptSignal()
  const opened: { client?: Promise<OpenClient> } = {}
  let code = 0
  const output = () => {
    const { json = false, quiet = false } = program.opts<GlobalOptions>()
    return new Output({ json, quiet })
  }
  const client = async ({ prompts, stays = false }: ClientOptions = { prompts: 'terminal' }) => {
    const { data } = program.opts<GlobalOptions>()
    const folder =
      data === undefined ? defaultDataFolder(process.env, process.platform) : parsePath('--data', data)
    opened.client ??= openClient(folder, { signal, env: process.env, stays }).then(async (open) => {
      if (prompts === 'terminal') answerPrompts(open.client)
      await tellUnfinished(open.client, { output: output(), argv })
      return open
    })
    return (await opened.client).client
  }
  const run: Run =
    (action) =>
    async (...args) => {
      code = (await action({ client, output: output(), stdinLines: readStdinLines, signal }, ...args)) ?? 0
    }
  const program = createProgram(version, run)
  try {
    await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    if (error instanceof CommanderError) code = output().error(wrongUse(error, argv))
    else code = output().error(describeError(toWire(error)))
  } finally {
    await (await opened.client?.catch(() => undefined))?.[Symbol.asyncDispose]()
  }
  return code
}

/** What commander says of a wrong command line, in our form. */
function wrongUse(error: CommanderError, argv: readonly string[]) {
  if (error.code === 'commander.help') {
    const place = ['holdfast', ...argv.filter((word) => !word.startsWith('-'))].join(' ')
    return { code: 'invalid-input' as const, message: `Say what to do; see: ${place} --help` }
  }
  const said = error.message.replace(/^error: /, '').replace(/\.?$/, '.')
  return { code: 'invalid-input' as const, message: `${said} Nothing was done; see: holdfast --help` }
}

process.exitCode = await main(process.argv.slice(2))
