import { read } from 'read'
import type { CommandContext } from './command.ts'

/** A secret that is typed at the terminal, unseen, or is a line of standard input where there is no terminal. */
export async function askSecret(prompt: string, { stdinLines }: CommandContext): Promise<string> {
  if (process.stdin.isTTY && process.stderr.isTTY) {
    return read({ prompt, silent: true, output: process.stderr })
  }
  const [line = ''] = await stdinLines(1)
  return line
}
