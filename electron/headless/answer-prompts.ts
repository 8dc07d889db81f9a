import { read } from 'read'
import type { Client } from '../../shared/client.ts'
import { AppError } from '../../shared/errors.ts'
import type { PromptQuestion } from '../../shared/model/prompt.ts'

/** Asks at the terminal; null where there is none, or the person ends the input. */
async function askAtTerminal({ server, instructions, text, echo }: PromptQuestion): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null
  if (instructions !== '') process.stderr.write(`${instructions}\n`)
  try {
    const answer: string = await read({
      prompt: `${server} asks: ${text}`,
      silent: !echo,
      output: process.stderr,
    })
    return answer
  } catch {
    return null
  }
}

/** Answers what servers ask during a login, one question after the other. Returns the function that ends it. */
export function answerPrompts(client: Client): () => void {
  let turn: Promise<void> = Promise.resolve()
  return client.onEvent((event) => {
    if (event.type !== 'prompt.asked') return
    turn = turn.then(async () => {
      const answer = (await askAtTerminal(event.prompt)) || null
      await client.call('prompts.answer', { id: event.prompt.id, answer }).catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error
      })
    })
  })
}
