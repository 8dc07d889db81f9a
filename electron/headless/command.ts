import type { Command } from 'commander'
import type { Client } from '../../shared/client.ts'
import type { Output } from './print/output.ts'

/** Who answers what a server asks during a login: the person at this terminal, or somebody else. */
export interface ClientOptions {
  readonly prompts: 'terminal' | 'elsewhere'
  /** Whether schedules run as long as the command does; see `openClient`. */
  readonly stays?: boolean
}

/** What a command works with. The product is opened when `client` is first asked for. */
export interface CommandContext {
  /** Default: prompts are answered at this terminal. */
  readonly client: (options?: ClientOptions) => Promise<Client>
  readonly output: Output
  /** Lines of stdin, for secrets: one a line. */
  readonly stdinLines: (count: number) => Promise<readonly string[]>
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** What a command did: nothing special, or an exit code of its own. */
export type CommandAction<Args extends readonly unknown[]> = (
  context: CommandContext,
  ...args: Args
) => Promise<number | undefined>

/** Wraps an action so that it gets its context, and its errors and exit codes reach the terminal. */
export type Run = <Args extends readonly unknown[]>(
  action: CommandAction<Args>,
) => (...args: Args) => Promise<void>

/** Adds one noun's commands to the program. */
export type AddCommands = (program: Command, run: Run) => void
