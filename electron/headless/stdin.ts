import { createInterface } from 'node:readline/promises'
import { AppError } from '../../shared/errors.ts'

/** Reads exactly so many lines from stdin, without their line ends. Throws `invalid-input` where there are fewer. */
export async function readStdinLines(count: number): Promise<readonly string[]> {
  if (count === 0) return []
  const lines: string[] = []
  const reader = createInterface({ input: process.stdin, terminal: false })
  for await (const line of reader) {
    lines.push(line)
    if (lines.length === count) break
  }
  reader.close()
  if (lines.length < count || lines.includes('')) {
    throw new AppError(
      'invalid-input',
      `Standard input must have ${count} non-empty line${count === 1 ? '' : 's'}, one for each -stdin option in their order. Nothing was done.`,
    )
  }
  return lines
}

/** Asks a yes-or-no question on the terminal. False where there is no terminal. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`${question} [y/N] `)
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}
