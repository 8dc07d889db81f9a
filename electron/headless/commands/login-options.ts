import type { Command } from 'commander'
import type { ServerDraft, ServerSecrets } from '../../../shared/contract.ts'
import { AppError } from '../../../shared/errors.ts'
import type { CommandContext } from '../command.ts'
import { parseWhole } from '../names.ts'

/** How a login is described on the command line, as commander hands it over. */
export interface LoginOptions {
  readonly host?: string
  readonly port?: string
  readonly user?: string
  readonly agent?: true
  readonly key?: string
  readonly keyPassphraseStdin?: true
  readonly passwordStdin?: true
  readonly jump?: string
  readonly sudo?: true
  readonly sudoPasswordStdin?: true
  readonly rate?: string
  readonly legacyAlgorithms?: true
}

const secretOptions = [
  ['--key-passphrase-stdin', 'keyPassphraseStdin', 'keyPassphrase'],
  ['--password-stdin', 'passwordStdin', 'password'],
  ['--sudo-password-stdin', 'sudoPasswordStdin', 'sudoPassword'],
] as const

/** Reads one line of stdin for each `-stdin` option, in the order in which they were typed. */
export async function readSecrets(
  options: LoginOptions,
  { stdinLines }: CommandContext,
): Promise<ServerSecrets> {
  const asked = secretOptions
    .filter(([, option]) => options[option] === true)
    .sort(([a], [b]) => process.argv.indexOf(a) - process.argv.indexOf(b))
  const lines = await stdinLines(asked.length)
  return Object.fromEntries(asked.map(([, , name], at) => [name, lines[at]]))
}

function authOf(options: LoginOptions): ServerDraft['auth'] | undefined {
  const chosen = [options.agent, options.key, options.passwordStdin].filter((value) => value !== undefined)
  if (chosen.length > 1)
    throw new AppError(
      'invalid-input',
      'Choose one of --agent, --key and --password-stdin. Nothing was done.',
    )
  if (options.agent) return { kind: 'agent' }
  if (options.key !== undefined)
    return { kind: 'key', path: options.key, passphrase: options.keyPassphraseStdin === true }
  if (options.passwordStdin) return { kind: 'password' }
  return undefined
}

/** The parts of a profile that were named on the command line. */
export function changesOf(options: LoginOptions): Partial<ServerDraft> {
  const auth = authOf(options)
  return {
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.port === undefined
      ? {}
      : { port: parseWhole('--port', options.port, { min: 1, max: 65535 }) }),
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(auth === undefined ? {} : { auth }),
    ...(options.sudo === undefined
      ? {}
      : { elevation: options.sudoPasswordStdin ? 'sudo-password' : 'sudo' }),
    ...(options.jump === undefined ? {} : { jump: options.jump }),
    ...(options.rate === undefined
      ? {}
      : { rateMbit: parseWhole('--rate', options.rate, { min: 1, max: 100_000 }) }),
    ...(options.legacyAlgorithms === undefined ? {} : { legacyAlgorithms: true }),
  }
}

/** A whole profile. Throws `invalid-input` that says what is missing. */
export function draftOf(name: string, options: LoginOptions): ServerDraft {
  const { host, user, auth, ...rest } = changesOf(options)
  if (host === undefined || user === undefined || auth === undefined) {
    throw new AppError(
      'invalid-input',
      'A server needs --host, --user and one of --agent, --key, --password-stdin. Nothing was added.',
    )
  }
  if (options.sudoPasswordStdin && !options.sudo) {
    throw new AppError('invalid-input', '--sudo-password-stdin goes with --sudo. Nothing was added.')
  }
  if (options.keyPassphraseStdin && options.key === undefined) {
    throw new AppError('invalid-input', '--key-passphrase-stdin goes with --key. Nothing was added.')
  }
  return {
    name,
    host,
    user,
    auth,
    port: 22,
    elevation: 'none',
    jump: null,
    rateMbit: null,
    legacyAlgorithms: false,
    ...rest,
  }
}

/** Adds the options that say how a server is reached. */
export function withLogin(command: Command): Command {
  return command
    .option('--host <host>', 'host name or IP address')
    .option('--port <port>', 'SSH port (default 22)')
    .option('--user <user>', 'login name')
    .option('--agent', 'log in with the SSH agent')
    .option('--key <file>', 'log in with a private key')
    .option('--key-passphrase-stdin', "the key's passphrase is a line of standard input")
    .option('--password-stdin', 'log in with a password, a line of standard input')
    .option('--jump <name>', 'reach it through this server')
    .option('--sudo', 'become root with sudo')
    .option('--sudo-password-stdin', 'the sudo password is a line of standard input')
    .option('--rate <mbit>', 'take at most so many megabits a second')
    .option('--legacy-algorithms', 'allow SHA-1 host keys and old ciphers for this server')
}
