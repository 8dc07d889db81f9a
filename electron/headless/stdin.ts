import { createInterface } from 'node:readline/promises'
import { AppError } from '../../shared/errors.ts'

/** Lines of stdin that came with others and were not asked for yet. */
const waiting: string[] = []

/** Reads the next lines from stdin, without their line ends. Throws `invalid-input` where there are fewer. */
export async function readStdinLines(count: number): Promise<readonly string[]> {
  if (waiting.length < count) await waitForLines(count)
  const lines = waiting.splice(0, count)
  if (lines.length < count || lines.includes('')) {
    throw new AppError(
      'invalid-input',
      `Standard input must have ${count} non-empty line${count === 1 ? '' : 's'}, one for each -stdin option in their order. Nothing was done.`,
    )
  }
  return lines
}

/** Resolves when so many wait, or no more will come. */
async function waitForLines(count: number): Promise<void> {
  const reader = createInterface({ input: process.stdin, terminal: false })
  const enough = Promise.withResolvers<undefined>()
  reader.on('line', (line) => {
    waiting.push(line)
    if (waiting.length >= count) enough.resolve(undefined)
  })
  reader.on('close', () => enough.resolve(undefined))
  await enough.promise
  reader.close()
}

/** Asks a yes-or-no question on the terminal. False where there is no terminal. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`${question} [y/N] `)
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}
