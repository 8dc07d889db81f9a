import { CommanderError } from 'commander'
import type { Client } from '../../../shared/client.ts'
import { AppError, toWire } from '../../../shared/errors.ts'
import type { Run } from '../command.ts'
import { describeError } from '../print/error.ts'
import { Output } from '../print/output.ts'
import { createProgram } from '../program.ts'
import { shown } from './shown.ts'
import { version } from '../version.ts'

/** Types Holdfast's own commands: shows each as a user would enter it, and runs it. */
export interface Typist {
  /** Resolves to the exit code that the command line would end with. */
  holdfast(words: readonly string[], options?: { readonly stdin?: readonly string[] }): Promise<number>
}

/** Commands run on `client` instead of on the user's own data folder; everything else is the command line itself. */
export function typist(client: Client, { signal }: { readonly signal: AbortSignal }): Typist {
  const output = new Output({ json: false, quiet: false })
  return {
    async holdfast(words, { stdin = [] } = {}) {
      let code = 0
      const run: Run =
        (action) =>
        async (...args) => {
          const context = {
            ...{ client: () => Promise.resolve(client), output, signal },
            stdinLines: () => Promise.resolve(stdin),
          }
          code = (await action(context, ...args)) ?? 0
        }
      process.stdout.write(`\n$ ${shown(['holdfast', ...words])}\n`)
      try {
        await createProgram(version, run).parseAsync([...words], { from: 'user' })
      } catch (error) {
        if (error instanceof CommanderError)
          throw new AppError(
            'internal',
            `The demo typed a command that Holdfast does not have: ${words.join(' ')}.`,
            {
              cause: error,
            },
          )
        code = output.error(describeError(toWire(error)))
      }
      return code
    },
  }
}
